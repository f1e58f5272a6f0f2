/** Says what it was given; with `{ ask: NAME }`, what the secret of that name is. */
import { failed, probe } from "phasegate";

export default probe<{ readonly ask?: string } | undefined>(
  async ({ with: given, secret, host, port, url, endpoint }) =>
    failed(
      given?.ask === undefined
        ? JSON.stringify({ host, port, url, user: endpoint && "user" in endpoint && endpoint.user })
        : secret(given.ask),
    ),
);
