import type { Connection, QueryError } from "mysql2";
import mysql from "mysql2";
import type { EndpointOf } from "../../model/endpoint.ts";
import { attemptSocket, closeInOrder } from "../attempt-socket.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { within } from "../within.ts";

/** A connection to MySQL or MariaDB for one attempt. To be disposed of, which has it closed. */
export interface MysqlSession {
  /** Runs one statement and counts the rows of its answer; the server stops at `limit` rows, unless the statement has its own LIMIT. */
  countRows(statement: string, limit: number): Promise<number>;
  [Symbol.dispose](): void;
}

/** How long the server is given to end a statement that is killed, before its connection is cut. */
const cancelMs = 500;

/** The server's own limit comes after the attempt's, so that it is always the attempt that tells of it. */
const safetyMarginMs = 1000;

/**
 * Connects and logs in. When the attempt is aborted, a statement under way is ended by KILL QUERY over a connection
 * of its own, since a server that computes does not notice a closed connection; MariaDB's `max_statement_time` and
 * MySQL's `max_execution_time`, which bounds a SELECT, end it there even where that order does not arrive.
 *
 * `readOnly` has the server refuse what writes, in every transaction of the session.
 */
export async function openMysql(
  endpoint: EndpointOf<"mysql">,
  context: AttemptContext,
  readOnly: boolean,
): Promise<MysqlSession> {
  const { signal } = context;
  signal.throwIfAborted();
  const { socket, connection } = connectionTo(endpoint, context, () => context.step("logging in"));
  let limited: number | undefined;
  let running: Promise<unknown> | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (running === undefined) socket.destroy();
    else
      stopping = endStatement(connection.threadId, endpoint, running, context).then(
        (ended) => void (ended || socket.destroy()),
      );
  };
  signal.addEventListener("abort", stop, { once: true });

  context.step("connecting");
  try {
    await connected(connection);
    if (readOnly) await rowsOf(connection, "SET SESSION TRANSACTION READ ONLY");
  } catch (error) {
    signal.removeEventListener("abort", stop);
    socket.destroy();
    throw error;
  }
  return {
    async countRows(statement, limit) {
      if (limited !== limit)
        await rowsOf(connection, limits(limit, Math.ceil(context.timeoutMs) + safetyMarginMs));
      limited = limit;
      signal.throwIfAborted();
      const rows = rowsOf(connection, statement);
      running = rows;
      try {
        return await rows;
      } finally {
        running = undefined;
      }
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      const close = () => closeInOrder(socket, context, () => connection.end());
      context.tidy((stopping ?? Promise.resolve()).then(close));
    },
  };
}

/** Each server reads one of the comments as a part of the statement, and both know the limit of rows. */
function limits(rows: number, ms: number): string {
  return `SET SESSION sql_select_limit = ${rows} /*M! , max_statement_time = ${ms / 1000} */ /*!50708 , max_execution_time = ${ms} */`;
}

function connectionTo(endpoint: EndpointOf<"mysql">, context: AttemptContext, onConnect: () => void) {
  const socket = attemptSocket(onConnect);
  socket.once("data", (data) => {
    if (!isMysql(data)) socket.destroy(new AnswerError("answered, but not as MySQL does"));
  });
  const connection = mysql.createConnection({
    stream: socket.connect(endpoint.port, endpoint.host),
    user: endpoint.user,
    database: endpoint.database,
    password: context.fill(endpoint.password),
    charset: "utf8mb4",
    // The attempt's own timeout ends the waiting.
    connectTimeout: 0,
    // A server must not read the prober's files, whatever it answers.
    flags: ["-LOCAL_FILES"],
    rowsAsArray: true,
    typeCast: false,
  });
  // Whatever happens to the connection also reaches the call under way, which reports it.
  connection.on("error", () => {});
  return { socket, connection };
}

/** A greeting of the protocol's version 10, the only one since MySQL 3.21, or an error in its place, such as "Too many connections". */
function isMysql(data: Buffer): boolean {
  const plausibleLength = data.length < 4 || data.readUIntLE(0, 3) < 64 * 1024;
  return plausibleLength && (data.length < 5 || data[4] === 10 || data[4] === 255);
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.connect((error: QueryError | null) => (error === null ? resolve() : reject(error))),
  );
}

/** Runs a statement and counts its rows, none of which is kept. What is no result set has none. */
function rowsOf(connection: Connection, statement: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    const query = connection.query(statement);
    query.on("result", (row: unknown) => {
      if (Array.isArray(row)) rows += 1;
    });
    query.on("error", reject);
    query.on("end", () => resolve(rows));
  });
}

/** Has the server end the statement under way; whether it did, in time. */
async function endStatement(
  threadId: number,
  endpoint: EndpointOf<"mysql">,
  running: Promise<unknown>,
  context: AttemptContext,
): Promise<boolean> {
  const ended = within(running, cancelMs, context.clock);
  const { socket, connection } = connectionTo(endpoint, context, () => {});
  const killed = connected(connection).then(() => rowsOf(connection, `KILL QUERY ${threadId}`));
  if (await within(killed, cancelMs, context.clock)) connection.end();
  const answer = await ended;
  socket.destroy();
  return answer;
}
