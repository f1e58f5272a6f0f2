import { once } from "node:events";
import type { Socket } from "node:net";
import type { EndpointOf } from "../../model/endpoint.ts";
import type { TlsPlan } from "../../model/tls.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";

/** SSLRequest, "Message Formats" in PostgreSQL's documentation of its protocol: the length, and the code 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * A connection to PostgreSQL in TLS, which begins in plain text with the question whether the server speaks it. By hand, and
 * not by the library, so that the certificate is judged as everywhere, and nothing is sent before.
 * @returns a socket for the library, which takes it for one that it connects itself
 */
export async function connectInTls(
  { host, port }: EndpointOf<"postgres">,
  tls: TlsPlan,
  context: AttemptContext,
): Promise<Socket> {
  const { signal } = context;
  const plain = attemptSocket(() => context.step("asking for TLS"));
  const stop = () => plain.destroy(new Error("the attempt was stopped"));
  signal.addEventListener("abort", stop, { once: true });
  context.step("connecting");
  try {
    plain.connect(port, host);
    await once(plain, "connect");
    plain.write(sslRequest);
    judge(await firstBytes(plain));
    const socket = await secured(plain, { tls, host }, context);
    context.step("logging in");
    const connect = () => {
      setImmediate(() => socket.emit("connect"));
      return socket;
    };
    return Object.assign(socket, { connect });
  } catch (error) {
    plain.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What the server sends first; nothing more is read until somebody reads on. */
async function firstBytes(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const closed = () => reject(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" }));
  socket.once("error", reject).once("end", closed).once("close", closed);
  socket.once("data", (bytes: Buffer) => {
    socket.pause();
    resolve(bytes);
  });
  try {
    return await promise;
  } finally {
    socket.off("error", reject).off("end", closed).off("close", closed);
  }
}

/** @throws AnswerError unless the server goes on in TLS */
function judge(answer: Buffer): void {
  const says = answer.toString("latin1");
  if (says === "S") return;
  if (says === "N") throw new AnswerError("does not speak TLS, by its own word", true);
  // What follows the one letter was not encrypted, and may be anybody's.
  throw new AnswerError("answered, but not as PostgreSQL does");
}
