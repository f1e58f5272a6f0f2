import { Client } from "pg";
import type { EndpointOf } from "../../model/endpoint.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import type { SqlSession } from "../sql/session.ts";
import { safetyMarginMs, sqlSession } from "../sql/session.ts";
import { cancelOnServer } from "./cancel.ts";
import { connectInTls } from "./in-tls.ts";
import { rowCount } from "./row-count.ts";

/**
 * Connects and logs in. When the attempt is aborted, a statement under way is cancelled on the server by a
 * cancel request, since a server that computes does not notice a closed connection; `statement_timeout`
 * ends it there even where the request does not arrive.
 *
 * `readOnly` makes every transaction of the session read-only, by the server's own word.
 */
export async function openPostgres(
  endpoint: EndpointOf<"postgres">,
  context: AttemptContext,
  readOnly: boolean,
): Promise<SqlSession> {
  const { signal } = context;
  signal.throwIfAborted();
  const { tls } = endpoint;
  const socket =
    tls === undefined
      ? attemptSocket(() => context.step("logging in"))
      : await connectInTls(endpoint, tls, context);
  socket.once("data", (data) => {
    if (!isPostgres(data)) socket.destroy(new AnswerError("answered, but not as PostgreSQL does"));
  });
  const client = new Client({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.user,
    database: endpoint.database,
    password: context.fill(endpoint.password),
    // The socket cares for it. Spelt out, because the library would otherwise take it from the environment of the process.
    ssl: false,
    stream: () => socket,
    application_name: "phasegate-probe",
    statement_timeout: Math.ceil(context.timeoutMs) + safetyMarginMs,
    options: readOnly ? "-c default_transaction_read_only=on" : "",
  });
  // Whatever happens to the connection also reaches the call under way, which reports it.
  client.on("error", () => {});

  if (tls === undefined) context.step("connecting");
  return sqlSession(
    socket,
    {
      logIn: () => client.connect(),
      countRows(statement, limit) {
        const { query, rows } = rowCount(statement, limit);
        client.query(query);
        return rows;
      },
      endStatement(ms) {
        // Both are set by the server's BackendKeyData; the library's types leave them out.
        const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
        return cancelOnServer(endpoint, processID, secretKey, ms, context.clock);
      },
      leave: () => void client.end(),
    },
    context,
  );
}

/** The messages that a PostgreSQL server may begin with: Authentication, Error, Notice, NegotiateProtocolVersion. */
const openings = new Set(["R", "E", "N", "v"]);

function isPostgres(data: Buffer): boolean {
  const plausibleLength = data.length < 5 || data.readUInt32BE(1) < 1024 * 1024;
  return openings.has(String.fromCharCode(data[0] ?? 0)) && plausibleLength;
}
