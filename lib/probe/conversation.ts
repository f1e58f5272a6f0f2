import type { Socket } from "node:net";
import type { TlsPlan } from "../model/tls.ts";
import { attemptSocket, closeInOrder } from "./attempt-socket.ts";
import { AnswerError } from "./network-cause.ts";
import type { AttemptContext } from "./probe-kind.ts";
import { secured } from "./secured.ts";

/** A connection for one attempt, for protocols that are simple enough to be spoken by hand. */
export interface Conversation {
  send(data: string | Buffer): void;
  /**
   * The next message. Rejects when the connection fails, when it is closed, and when the attempt is stopped.
   * @param lengthOf how many of the bytes that have arrived are the message; undefined while it is not whole. What it
   *   throws ends the conversation
   */
  receive(lengthOf: (arrived: Buffer) => number | undefined): Promise<Buffer>;
  /** Goes on in TLS. It rejects as {@link secured} does. */
  startTls(tls: TlsPlan): Promise<void>;
  /** Closes it in order; `farewell` says goodbye in the protocol. */
  close(farewell: string | Buffer): void;
  [Symbol.dispose](): void;
}

/** No message that a probe asks for is longer. */
const longestMessage = 1024 * 1024;

/** The connection was closed where a message was expected. */
class ClosedError extends Error {
  readonly code = "ECONNRESET";
}

/** Connects, in TLS where that is said. To be disposed of, which cuts the connection unless it is being closed in order. */
export async function converse(
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls?: TlsPlan | undefined },
  context: AttemptContext,
): Promise<Conversation> {
  const { signal } = context;
  signal.throwIfAborted();
  let arrived = Buffer.alloc(0);
  let ended: Error | undefined;
  let closing = false;
  let wake = () => {};
  const end = (error: Error) => {
    ended ??= error;
    wake();
  };
  const listenTo = (socket: Socket) => {
    socket.on("data", (data: Buffer) => {
      arrived = Buffer.concat([arrived, data]);
      wake();
    });
    socket.on("error", end);
    socket.on("close", () => end(new ClosedError("the connection was closed")));
    socket.on("end", () => end(new ClosedError("the connection was closed")));
  };
  const connected = Promise.withResolvers<void>();
  const socket = attemptSocket(connected.resolve);
  let stream: Socket = socket;
  const stop = () => {
    socket.destroy();
    stream.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  const dispose = () => {
    signal.removeEventListener("abort", stop);
    if (!closing) stop();
  };
  socket.once("error", connected.reject);
  socket.once("close", () => connected.reject(new ClosedError("the connection was closed")));
  context.step("connecting");
  try {
    socket.connect(port, host);
    await connected.promise;
    if (tls !== undefined) stream = await secured(socket, { tls, host }, context);
  } catch (error) {
    dispose();
    throw error;
  }
  listenTo(stream);

  return {
    send: (data) => void stream.write(data),
    async receive(lengthOf) {
      for (;;) {
        const length = lengthOf(arrived);
        if (length !== undefined && length <= arrived.length) {
          const message = arrived.subarray(0, length);
          arrived = arrived.subarray(length);
          return message;
        }
        if (arrived.length > longestMessage)
          throw new AnswerError("answered with a message that is too long");
        if (ended !== undefined) throw ended;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async startTls(security) {
      // What came before the handshake, in plain text, is not part of the conversation.
      socket.removeAllListeners("data");
      arrived = Buffer.alloc(0);
      stream = await secured(socket, { tls: security, host }, context);
      listenTo(stream);
    },
    close(farewell) {
      if (closing) return;
      closing = true;
      context.tidy(closeInOrder(socket, context, () => void stream.end(farewell)));
    },
    [Symbol.dispose]: dispose,
  };
}

/** The length of the first line with its end. */
export function lineLength(arrived: Buffer): number | undefined {
  const end = arrived.indexOf("\n");
  return end < 0 ? undefined : end + 1;
}
