import type { Socket } from "node:net";
import { Client } from "undici";
import type { Place } from "../model/probe-parts/place.ts";
import { addressOf } from "./address.ts";
import { attemptSocket } from "./attempt-socket.ts";
import type { AttemptContext } from "./probe-kind.ts";
import { secured } from "./secured.ts";

/** undici's client over one connection of the attempt's own. To be disposed of, which closes it. */
export interface AttemptHttp {
  readonly client: Client;
  [Symbol.dispose](): void;
}

/**
 * A client of HTTP for one attempt. It connects with the first request, in TLS where the place says so.
 * @param next names the step that follows once the connection stands
 */
export function attemptHttp(place: Place, next: string, context: AttemptContext): AttemptHttp {
  const { signal } = context;
  let socket: Socket | undefined;
  const { tls, host, port } = place;
  const client = new Client(`${tls === undefined ? "http" : "https"}://${addressOf(place)}`, {
    connect: (_origin, connected) => {
      const refused = (error: Error) => connected(error, null);
      const stands = (ready: Socket) => {
        context.step(next);
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
    client,
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      socket?.destroy();
      context.tidy(client.destroy());
    },
  };
}
