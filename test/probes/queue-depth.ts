/** A probe as a project writes its own: a queue's depth, asked over HTTP with a token. */
import { failed, passed, probe } from "phasegate";

export default probe<{ readonly under: number }>(
  async ({ host, port, signal, secret, step, with: { under } }) => {
    step("asking for the queue's depth");
    const response = await fetch(`http://${host}:${port}/queue`, {
      headers: { authorization: `Bearer ${secret("token")}` },
      signal,
    });
    if (response.status === 401) return failed("the token is not accepted", { permanent: true });
    const { depth } = (await response.json()) as { readonly depth: number };
    return depth < under ? passed() : failed(`${depth} jobs wait, expected fewer than ${under}`);
  },
);
