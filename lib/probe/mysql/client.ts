import type { Socket } from "node:net";
import type { Connection, QueryError } from "mysql2";
import mysql from "mysql2";
import type { EndpointOf } from "../../model/endpoint.ts";
import type { TlsPlan } from "../../model/tls.ts";
import { attemptSocket, closeInOrder } from "../attempt-socket.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";
import type { SqlSession } from "../sql/session.ts";
import { safetyMarginMs, sqlSession } from "../sql/session.ts";
import { within } from "../within.ts";

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
): Promise<SqlSession> {
  const { signal } = context;
  signal.throwIfAborted();
  const { socket, connection, connected } = connectionTo(endpoint, context, () => context.step("logging in"));
  let limited: number | undefined;
  context.step("connecting");
  return sqlSession(
    socket,
    {
      async logIn() {
        await connected();
        if (readOnly) await rowsOf(connection, "SET SESSION TRANSACTION READ ONLY");
      },
      async countRows(statement, limit) {
        if (limited !== limit)
          await rowsOf(connection, limits(limit, Math.ceil(context.timeoutMs) + safetyMarginMs));
        limited = limit;
        signal.throwIfAborted();
        return await rowsOf(connection, statement);
      },
      endStatement: (ms) => killStatement(connection.threadId, endpoint, ms, context),
      leave: () => connection.end(),
    },
    context,
  );
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
  const { tls } = endpoint;
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
    // Asks the server to go on in TLS; what follows is told below.
    ...(tls !== undefined && { ssl: {} }),
  });
  // Whatever happens to the connection also reaches the call under way, which reports it.
  connection.on("error", () => {});
  const refusal = tls === undefined ? undefined : securedBy(connection, socket, endpoint, tls, context);
  return {
    socket,
    connection,
    /** Waits until it has logged in. */
    connected: () =>
      loggedIn(connection).catch((error: unknown) => {
        throw refusal?.() ?? error;
      }),
  };
}

/** The part of a connection that the library's types leave out. */
interface Securable {
  stream: Socket;
  packetParser: { execute(data: Buffer): void };
  startTLS(done: (error?: Error) => void): void;
  _handleNetworkError(error: Error): void;
}

/**
 * Has a connection go on in TLS in the prober's own way, which judges the certificate as everywhere and says what is wrong with it.
 * @returns why it did not, once that is known
 */
function securedBy(
  connection: Connection,
  plain: Socket,
  { host }: EndpointOf<"mysql">,
  tls: TlsPlan,
  context: AttemptContext,
): () => unknown {
  let refusal: unknown;
  const securable = connection as unknown as Securable;
  securable.startTLS = (done) => {
    plain.removeAllListeners("data");
    const goOn = async () => {
      const secure = await secured(plain, { tls, host }, context);
      secure.on("data", (data: Buffer) => securable.packetParser.execute(data));
      secure.on("error", (error: Error) => securable._handleNetworkError(error));
      securable.stream = secure;
      context.step("logging in");
      done();
    };
    goOn().catch((error: unknown) => {
      refusal = error;
      plain.destroy();
    });
  };
  return () => refusal;
}

/** A greeting of the protocol's version 10, the only one since MySQL 3.21, or an error in its place, such as "Too many connections". */
function isMysql(data: Buffer): boolean {
  const plausibleLength = data.length < 4 || data.readUIntLE(0, 3) < 64 * 1024;
  return plausibleLength && (data.length < 5 || data[4] === 10 || data[4] === 255);
}

function loggedIn(connection: Connection): Promise<void> {
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

/** Has the server end the statement under way. */
async function killStatement(
  threadId: number,
  endpoint: EndpointOf<"mysql">,
  ms: number,
  context: AttemptContext,
): Promise<void> {
  const quiet = { ...context, step: () => {} };
  const { socket, connection, connected } = connectionTo(endpoint, quiet, () => {});
  const killed = connected().then(() => rowsOf(connection, `KILL QUERY ${threadId}`));
  await within(killed, ms, context.clock);
  await closeInOrder(socket, context, () => connection.end());
}
