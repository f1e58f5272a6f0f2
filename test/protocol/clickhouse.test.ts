import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { query } from "../../lib/model/probes.ts";
import { against, againstNobody, attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { answer, halfClose, hang, reset, watch } from "../support/loopback.ts";

const at = ({ host, port }: { host: string; port: number }): EndpointOf<"clickhouse"> => ({
  protocol: "clickhouse",
  host,
  port,
  user: "netra",
  database: "netra",
  password: [{ secret: "password" }],
});

const probe = query("SELECT 1");
const quick = query("SELECT 1", { timeout: "1s" });

interface HttpRequest {
  readonly statement: string;
  readonly parameters: URLSearchParams;
}

/** Runs a probe against an HTTP server that answers every statement as given; also the requests that it got. */
async function answering(
  probe: DeclaredProbe,
  respond: (requested: HttpRequest, response: ServerResponse) => void,
) {
  const requested: HttpRequest[] = [];
  const server = createServer((request, response) => {
    void statementOf(request).then((statement) => {
      const one = { statement, parameters: new URL(request.url ?? "/", "http://server").searchParams };
      requested.push(one);
      respond(one, response);
    });
  });
  await using loopback = await watch(server);
  const outcome = await attempt(probe, at(loopback));
  expect(await nothingOpen(loopback)).toBe(true);
  return { reported: reportOf(outcome, loopback), requested, connections: loopback.accepted() };
}

async function statementOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray();
  return Buffer.concat(chunks as Buffer[]).toString();
}

describe("a ClickHouse probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
  });

  test("closes its half of the connection", async () => {
    expect(await against(halfClose, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the query's result",
    );
  });

  test("resets the connection", async () => {
    expect(await against(reset, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the query's result",
    );
  });

  test.each([
    ["Redis", "-ERR unknown command\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 answered, but not in HTTP",
    );
  });

  test("is some other HTTP server", async () => {
    const { reported } = await answering(probe, (_request, response) =>
      response.writeHead(404).end("<html>\n<h1>Not Found</h1>"),
    );
    expect(reported).toBe(
      "failed, protocol: server:1 answered with HTTP 404, but not as ClickHouse does; the body begins: <html> <h1>Not Found</h1>",
    );
  });

  test("answers with an error that has no end", async () => {
    const { reported } = await answering(query("SELECT 1"), (_request, response) => {
      response.writeHead(500);
      const more = () =>
        void (response.destroyed || response.write("x".repeat(60_000), () => setImmediate(more)));
      more();
    });
    expect(reported).toBe(
      `failed, protocol: server:1 answered with HTTP 500, but not as ClickHouse does; the body begins: ${"x".repeat(200)}...`,
    );
  });

  test("answers with rows", async () => {
    const probe = query("SELECT number FROM numbers(3)", { rows: { atLeast: 3, atMost: 3 } });
    const { reported, requested } = await answering(probe, (_request, response) =>
      response.end('{"number":"0"}\n{"number":"1"}\n{"number":"2"}\n'),
    );
    expect(reported).toBe("passed");
    expect(requested[0]?.statement).toBe("SELECT number FROM numbers(3)");
    expect(Object.fromEntries(requested[0]?.parameters ?? [])).toMatchObject({
      database: "netra",
      default_format: "JSONEachRow",
      max_execution_time: "6",
      max_result_rows: "10000",
      readonly: "2",
    });
  });

  test("may write where the probe says so", async () => {
    const { requested } = await answering(
      query("INSERT INTO t VALUES (1)", { mutates: true }),
      (_request, response) => response.end(),
    );
    expect(requested[0]?.parameters.has("readonly")).toBe(false);
  });

  test("answers with other rows than expected", async () => {
    const probe = query("SELECT * FROM events", { rows: { atLeast: 1 } });
    const { reported } = await answering(probe, (_request, response) => response.end());
    expect(reported).toBe("failed, rows: 0 rows from SELECT * FROM events, expected at least 1");
  });

  test("answers with an error that quotes the password", async () => {
    const { reported } = await answering(probe, (_request, response) =>
      response
        .writeHead(500)
        .end(
          `Code: 36. DB::Exception: netra:s3cr3t/pässword, Basic ${Buffer.from("netra:s3cr3t/pässword").toString("base64")}. (BAD_ARGUMENTS)`,
        ),
    );
    expect(reported).toBe(
      "failed, server: server:1 answered: netra:[secret], Basic [secret]. (BAD_ARGUMENTS)",
    );
  });

  test.each([
    ["Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n"],
    ['{"exception": "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)"}\n'],
  ])("fails after it has begun to answer: %s", async (line) => {
    const { reported } = await answering(query("SELECT * FROM big"), (_request, response) =>
      response.end(`{"a":1}\n${line}`),
    );
    expect(reported).toMatch(
      /^failed, server: server:1 answered: Memory limit exceeded\. \(MEMORY_LIMIT_EXCEEDED\)/,
    );
  });

  test("stops in the middle of the result, and gets the request to end the query", async () => {
    const { reported, requested } = await answering(quick, ({ statement }, response) => {
      if (statement === "SELECT 1") response.write('{"1":1}\n');
      else response.end();
    });
    expect(reported).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(requested.map(({ statement }) => statement)).toEqual([
      "SELECT 1",
      `KILL QUERY WHERE query_id = '${requested[0]?.parameters.get("query_id")}' ASYNC`,
    ]);
  });

  test("never ends a query, and ignores the order to kill it: the attempt returns all the same", async () => {
    const startedAt = performance.now();
    const { reported, requested } = await answering(quick, () => {});
    expect(reported).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(requested).toHaveLength(2);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test("is measured, on one connection", async () => {
    const probe = query("SELECT 1", { p95: { under: "1h", samples: 20 } });
    const { reported, requested, connections } = await answering(probe, (_request, response) =>
      response.end('{"1":1}\n'),
    );
    expect(reported).toBe("passed");
    expect(requested).toHaveLength(21);
    expect(connections).toBe(1);
  });
});
