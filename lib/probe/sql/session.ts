import type { Socket } from "node:net";
import { closeInOrder } from "../attempt-socket.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { within } from "../within.ts";

/** A connection to a database that speaks SQL, for one attempt. To be disposed of, which has it closed. */
export interface SqlSession {
  /** Runs one statement and counts the rows of its answer; the server may stop once it has `limit` rows. */
  countRows(statement: string, limit: number): Promise<number>;
  [Symbol.dispose](): void;
}

/** What a client library does for a session, over a connection that is kept. */
export interface SqlConnection {
  /** Takes the connection from where it stands to where statements can be run. */
  logIn(): Promise<unknown>;
  countRows(statement: string, limit: number): Promise<number>;
  /** Asks the server, over a connection of its own, to end the statement under way. Takes `ms` at the most. */
  endStatement(ms: number): Promise<void>;
  /** Says goodbye in the protocol. */
  leave(): void;
}

/** How long the server is given to end a statement that is cancelled, before its connection is cut. */
const cancelMs = 500;

/** A server's own limit on a statement comes after the attempt's, so that it is always the attempt that tells of it. */
export const safetyMarginMs = 1000;

/**
 * Logs in. When the attempt is aborted, a statement under way is ended on the server, since a server that computes does not
 * notice a closed connection; a connection on which none runs is cut.
 */
export async function sqlSession(
  socket: Socket,
  connection: SqlConnection,
  context: AttemptContext,
): Promise<SqlSession> {
  const { signal, clock } = context;
  let running: Promise<unknown> | undefined;
  let stopping: Promise<void> | undefined;
  const endRunning = async (statement: Promise<unknown>) => {
    const ended = within(statement, cancelMs, clock);
    await connection.endStatement(cancelMs);
    if (!(await ended)) socket.destroy();
  };
  const stop = () => {
    if (running === undefined) socket.destroy();
    else stopping = endRunning(running);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    await connection.logIn();
  } catch (error) {
    signal.removeEventListener("abort", stop);
    socket.destroy();
    throw error;
  }
  return {
    async countRows(statement, limit) {
      signal.throwIfAborted();
      context.step("waiting for the query's result");
      const rows = connection.countRows(statement, limit);
      running = rows;
      try {
        return await rows;
      } finally {
        running = undefined;
      }
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      const close = () => closeInOrder(socket, context, () => connection.leave());
      context.tidy((stopping ?? Promise.resolve()).then(close));
    },
  };
}
