import { Client } from "pg";
import type { EndpointOf } from "../../model/endpoint.ts";
import { attemptSocket, closeInOrder } from "../attempt-socket.ts";
import { connectInTls } from "./in-tls.ts";
import { AnswerError } from "../network-cause.ts";
import { cancelOnServer } from "./cancel.ts";
import { rowCount } from "./row-count.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { within } from "../within.ts";

/** A connection to PostgreSQL for one attempt. To be disposed of, which has it closed. */
export interface PostgresSession {
  /** Runs one statement and counts the rows of its answer; the server stops at `limit` rows. */
  countRows(statement: string, limit: number): Promise<number>;
  [Symbol.dispose](): void;
}

/** How long the server is given to end a statement that is cancelled, before its connection is cut. */
const cancelMs = 500;

/** The server's own limit comes after the attempt's, so that it is always the attempt that tells of it. */
const safetyMarginMs = 1000;

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
): Promise<PostgresSession> {
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

  let running: Promise<unknown> | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (running === undefined) socket.destroy();
    else
      stopping = endStatement(client, endpoint, running, context).then(
        (ended) => void (ended || socket.destroy()),
      );
  };
  signal.addEventListener("abort", stop, { once: true });

  if (tls === undefined) context.step("connecting");
  try {
    await client.connect();
  } catch (error) {
    signal.removeEventListener("abort", stop);
    socket.destroy();
    throw error;
  }
  return {
    async countRows(statement, limit) {
      signal.throwIfAborted();
      const { query, rows } = rowCount(statement, limit);
      running = rows;
      client.query(query);
      try {
        return await rows;
      } finally {
        running = undefined;
      }
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      const close = () => closeInOrder(socket, context, () => void client.end());
      context.tidy((stopping ?? Promise.resolve()).then(close));
    },
  };
}

/** Has the server end the statement under way; whether it did, in time. */
async function endStatement(
  client: Client,
  endpoint: EndpointOf<"postgres">,
  running: Promise<unknown>,
  { clock }: AttemptContext,
): Promise<boolean> {
  // Both are set by the server's BackendKeyData; the library's types leave them out.
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const ended = within(running, cancelMs, clock);
  await cancelOnServer(endpoint, processID, secretKey, cancelMs, clock);
  return ended;
}

/** The messages that a PostgreSQL server may begin with: Authentication, Error, Notice, NegotiateProtocolVersion. */
const openings = new Set(["R", "E", "N", "v"]);

function isPostgres(data: Buffer): boolean {
  const plausibleLength = data.length < 5 || data.readUInt32BE(1) < 1024 * 1024;
  return openings.has(String.fromCharCode(data[0] ?? 0)) && plausibleLength;
}
