/** A probe of a project's own, as they are: it asks over HTTP. */
import { failed, passed, probe } from "phasegate";

export default probe(async ({ host, port, signal }) => {
  const response = await fetch(`http://${host}:${port}/`, { signal });
  const { ready } = (await response.json()) as { readonly ready?: boolean };
  return ready === true ? passed() : failed("it is not ready");
});
