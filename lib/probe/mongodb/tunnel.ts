import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import type { EndpointOf } from "../../model/endpoint.ts";
import type { TlsPlan } from "../../model/tls.ts";
import { attemptSocket } from "../attempt-socket.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";

/** Where the client library connects, in plain text, to reach a server in TLS. To be disposed of, which cuts what goes through. */
export interface Tunnel {
  readonly path: string;
  [Symbol.dispose](): void;
}

/**
 * A way to a server in TLS for a library that makes its own connections: it connects to a Unix socket without a file, and
 * what it sends there goes on in TLS. So the certificate is judged as everywhere, and the sockets are the attempt's own.
 * @param failed gets why the server cannot be reached
 */
export async function tunnelTo(
  { host, port }: EndpointOf<"mongodb">,
  tls: TlsPlan,
  context: AttemptContext,
  failed: (error: unknown) => void,
): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = attemptSocket(() => {});
    for (const socket of [near, far]) sockets.add(socket);
    near.on("error", () => far.destroy());
    near.once("close", () => far.destroy());
    const refuse = (error: unknown) => {
      failed(error);
      near.destroy();
    };
    const goOn = async () => {
      far.connect(port, host);
      await once(far, "connect");
      const secure = await secured(far, { tls, host }, context);
      sockets.add(secure);
      secure.on("error", refuse);
      secure.once("close", () => near.destroy());
      near.pipe(secure).pipe(near);
    };
    goOn().catch(refuse);
  });
  // The first character says that there is no file, as Linux has it.
  const path = `\0phasegate-probe-${crypto.randomUUID()}.sock`;
  server.listen(path);
  await once(server, "listening");
  return {
    path,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
