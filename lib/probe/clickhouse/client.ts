import { randomUUID } from "node:crypto";
import type { AgentOptions } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import type { Readable } from "node:stream";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { Agent } from "../../core/http-agent.ts";
import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { ClickHouseAnswer, exceptionIn } from "./cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { readBeginning } from "../read-beginning.ts";
import { secured } from "../secured.ts";
import type { SqlSession } from "../sql/session.ts";
import { within } from "../within.ts";

/** How long the server is given to end a query that is cancelled. */
const cancelMs = 500;

/**
 * A client of ClickHouse's HTTP interface, over one connection that is kept between queries, for version 18.16 and later. When the attempt is aborted while a
 * query runs, the query is killed on the server by its id; `max_execution_time` ends it there even where
 * the order does not arrive. `readOnly` has the server refuse statements that write.
 */
export function openClickHouse(
  endpoint: EndpointOf<"clickhouse">,
  context: AttemptContext,
  readOnly: boolean,
): SqlSession {
  const { signal, clock } = context;
  let reached = false;
  const connected = () => {
    reached = true;
    context.step("waiting for the query's result");
  };
  context.step("connecting");
  const client = connectOver(oneConnection(connected, endpoint, context), endpoint, context);
  const limits = {
    // In whole seconds, and after the attempt's own timeout, so that it is always the attempt that tells of it.
    max_execution_time: Math.ceil(context.timeoutMs / 1000) + 1,
    default_format: "JSONEachRow" as const,
    result_overflow_mode: "break" as const,
    // 2: reads only, and these settings may be given; 1 would forbid the settings too.
    ...(readOnly ? { readonly: "2" as const } : {}),
  };
  let killing: Promise<unknown> | undefined;
  return {
    async countRows(statement, limit) {
      signal.throwIfAborted();
      const queryId = randomUUID();
      const kill = () => {
        if (reached) killing = within(killQuery(queryId, endpoint, context), cancelMs, clock);
      };
      signal.addEventListener("abort", kill, { once: true });
      try {
        const answer = await client.exec({
          query: statement,
          query_id: queryId,
          abort_signal: signal,
          clickhouse_settings: { ...limits, max_result_rows: String(limit) },
          // Read here, because the library reads an error of any length.
          ignore_error_response: true,
        });
        // The library listens to the signal until the answer begins, and not while it is read.
        return await rowsOf(addAbortSignal(signal, answer.stream), answer.http_status_code ?? 0);
      } finally {
        signal.removeEventListener("abort", kill);
      }
    },
    [Symbol.dispose]() {
      context.tidy(Promise.all([killing, client.close()]));
    },
  };
}

function connectOver(agent: Agent, endpoint: EndpointOf<"clickhouse">, context: AttemptContext) {
  return createClient({
    url: `${endpoint.tls === undefined ? "http" : "https"}://${addressOf(endpoint)}`,
    username: endpoint.user,
    password: context.fill(endpoint.password),
    database: endpoint.database,
    application: "phasegate-probe",
    http_agent: agent,
    // The attempt's own timeout comes first; this one only keeps the library's default of 30s away.
    request_timeout: Math.ceil(context.timeoutMs) + 10_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** An agent that holds one connection, made of an attempt's socket. */
function oneConnection(
  connected: () => void,
  { host, port, tls }: EndpointOf<"clickhouse">,
  context: AttemptContext,
): Agent {
  const options: AgentOptions = { keepAlive: true, maxSockets: 1 };
  if (tls === undefined)
    return Object.assign(new Agent(options), {
      createConnection: () => attemptSocket(connected).connect(port, host),
    });
  // As Node's HTTP client has it done: by a call, once the connection is secured.
  const createConnection = (_options: unknown, done: (error: Error | null, socket?: Socket) => void) => {
    const refused = (error: Error) => done(error);
    const plain = attemptSocket(() => {
      plain.off("error", refused);
      const stands = (socket: Socket) => {
        connected();
        done(null, socket);
      };
      secured(plain, { tls, host, alpn: "http/1.1" }, context).then(stands, refused);
    });
    context.signal.addEventListener("abort", () => plain.destroy(), { once: true });
    plain.once("error", refused).connect(port, host);
  };
  return Object.assign(new SecureAgent(options), { createConnection });
}

async function rowsOf(stream: Readable, status: number): Promise<number> {
  if (status !== 200) throw new ClickHouseAnswer(await readBeginning(stream, 4096), status);
  let rows = 0;
  let line = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const [first = "", ...more] = String(chunk).split("\n");
    line += first;
    for (const next of more) {
      judge(line);
      rows += 1;
      line = next;
    }
    // What tells a row from an exception is at the beginning of the line.
    line = line.slice(0, 4096);
  }
  judge(line);
  return rows;
}

/** A server that fails after it has begun to answer says so among the rows: the status is sent by then. */
function judge(line: string): void {
  const exception = exceptionIn(line);
  if (exception !== undefined && /^(Code: |\{"exception":)/.test(line)) throw new ClickHouseAnswer(line, 200);
}

async function killQuery(
  queryId: string,
  endpoint: EndpointOf<"clickhouse">,
  context: AttemptContext,
): Promise<void> {
  const client = connectOver(
    oneConnection(() => {}, endpoint, context),
    endpoint,
    context,
  );
  try {
    // Without waiting for the end of the query: some cannot stop at once (`sleep`), and the order stands.
    const enough = AbortSignal.timeout(cancelMs);
    await client.command({ query: `KILL QUERY WHERE query_id = '${queryId}' ASYNC`, abort_signal: enough });
  } finally {
    await client.close();
  }
}
