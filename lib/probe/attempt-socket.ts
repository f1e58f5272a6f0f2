import { Socket } from "node:net";
import { AnswerError } from "./network-cause.ts";
import type { AttemptContext } from "./probe-kind.ts";
import { within } from "./within.ts";

/** No answer that a probe asks for is longer; a service that sends without end must not fill the prober's memory. */
const maxBytes = 32 * 1024 * 1024;

/**
 * A socket, not yet connected, to be handed to a client library for one attempt: {@link guard} says what sets it apart.
 * @param connected called once the connection stands, to name the next step
 */
export function attemptSocket(connected: () => void): Socket {
  const socket = guard(new Socket());
  socket.once("connect", () => {
    socket.setNoDelay(true);
    connected();
  });
  return socket;
}

/**
 * Guards a socket that a client library reads:
 * - what a listener throws ends this connection instead of the process. Client libraries parse inside a
 *   listener, and not all of them expect a server that talks nonsense;
 * - it ends when more arrives than any answer to a probe.
 */
export function guard<S extends Socket>(socket: S): S {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string, ...values: unknown[]): boolean => {
    if (event === "data" && socket.bytesRead > maxBytes) {
      socket.destroy(new AnswerError(`sent more than ${maxBytes / 1024 / 1024} MiB`));
      return true;
    }
    try {
      return (emit as (event: string, ...values: unknown[]) => boolean)(event, ...values);
    } catch (error) {
      socket.destroy(
        new AnswerError("answered with something that its protocol does not know", false, { cause: error }),
      );
      return true;
    }
  };
  return socket;
}

/** How long a server may take to follow when a connection is closed in order. */
const farewellMs = 250;

/**
 * Closes a connection in order: `farewell` says goodbye in its protocol, and the server's own close proves
 * that it has let go of the connection, so that one attempt does not take a place from the next. A server
 * that does not follow is left.
 */
export async function closeInOrder(
  socket: Socket,
  { clock }: AttemptContext,
  farewell: () => void,
): Promise<void> {
  if (!socket.destroyed && !socket.connecting && !socket.pending) {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    farewell();
    await within(closed, farewellMs, clock);
  }
  socket.destroy();
}
