import type { Socket } from "node:net";
import { connect } from "node:tls";

/**
 * An alert is TLS's own way to say no, and so is a version that is too old for this side. One of a missing application
 * protocol is no sign: so PostgreSQL 17 answers on a port on which it speaks plain text as well.
 */
const answeredInTls = /^ERR_SSL_.*(ALERT(?!_NO_APPLICATION_PROTOCOL)|UNSUPPORTED_PROTOCOL)/;

/**
 * Begins a TLS handshake, and says whether what listens there answers in TLS. Most TLS servers close the connection
 * of a client that speaks plain text without a word, so that nothing but a question in TLS tells them apart.
 * Resolves when the server has answered or the connection has ended; `signal` ends the waiting, with "no".
 */
export function speaksTls(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    // Nothing is sent over this connection: whose certificate it is does not matter.
    const socket: Socket = connect({ host, port, rejectUnauthorized: false });
    const end = (answer: boolean) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      resolve(answer);
    };
    const stop = () => end(false);
    signal.addEventListener("abort", stop, { once: true });
    socket.once("secureConnect", () => end(true));
    // A second error may follow the first one.
    socket.on("error", (error) => end("code" in error && answeredInTls.test(String(error.code))));
    socket.once("close", stop);
  });
}
