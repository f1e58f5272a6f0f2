import type { Socket } from "node:net";
import { Client } from "undici";
import type { Dispatcher } from "undici";
import type { Place } from "../../model/probe-parts/place.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";

/** HTTP for one attempt: one connection, kept between requests where the server keeps it. To be disposed of, which closes it. */
export interface HttpConnection {
  /** Sends the probe's request; `last` says that none follows. */
  request(probe: ProbeOf<"http">, last: boolean): Promise<Dispatcher.ResponseData>;
  [Symbol.dispose](): void;
}

/** A connection to a service, made with the first request. Redirects are answers, and not followed. */
export function openHttp(target: Place, context: AttemptContext): HttpConnection {
  const { signal, fill } = context;
  let socket: Socket | undefined;
  const { tls, host, port } = target;
  const client = new Client(`${tls === undefined ? "http" : "https"}://${addressOf(target)}`, {
    connect: (_origin, connected) => {
      const refused = (error: Error) => connected(error, null);
      const stands = (ready: Socket) => {
        context.step("waiting for the response");
        connected(null, ready);
      };
      const fresh = attemptSocket(() => {
        fresh.off("error", refused);
        if (tls === undefined) stands(fresh);
        else secured(fresh, { tls, host, alpn: "http/1.1" }, context).then(stands, refused);
      });
      fresh.once("error", refused);
      socket = fresh.connect(port, host);
    },
    // The attempt has one timeout for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // The library listens to the signal only once the connection stands.
  const stop = () => socket?.destroy(new Error("the attempt was stopped"));
  signal.addEventListener("abort", stop, { once: true });
  context.step("connecting");
  return {
    request: async (probe, last) => {
      const response = await client.request({
        method: probe.method,
        path: probe.path,
        headers: requestHeaders(probe, fill),
        body: probe.body === undefined ? null : JSON.stringify(probe.body),
        signal,
        reset: last,
      });
      // A body that is given up halfway reports so as an event.
      response.body.on("error", () => {});
      return response;
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      socket?.destroy();
      context.tidy(client.destroy());
    },
  };
}

function requestHeaders(probe: ProbeOf<"http">, fill: AttemptContext["fill"]): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(probe.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
  );
  return {
    "user-agent": "phasegate-probe",
    ...(probe.body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
}
