import { subscribe } from "node:diagnostics_channel";

/** What Pulumi's engine calls on every provider: the last before it has work for it, and at the first Ctrl-C. */
type EngineCall = "Configure" | "Cancel";

/**
 * Runs something when Pulumi's engine makes a call that Pulumi's own server for dynamic providers answers, and passes on to nobody.
 * Node.js announces every request that an HTTP/2 server gets (`http2.server.stream.start`, in Node.js 24): the call is seen there. A
 * Node.js that does not announce it runs nothing.
 */
export function onEngineCall(call: EngineCall, run: () => void): void {
  const path = `/pulumirpc.ResourceProvider/${call}`;
  subscribe("http2.server.stream.start", (message) => {
    if (pathOf(message) === path) run();
  });
}

function pathOf(message: unknown): unknown {
  const { headers } = message as { readonly headers?: Readonly<Record<string, unknown>> };
  return headers?.[":path"];
}
