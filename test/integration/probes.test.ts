import { randomInt } from "node:crypto";
import Docker from "dockerode";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerView } from "../../lib/coordinator/containers/container-view.ts";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import { all, any, not } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { connections, latency, memory, ping, query, sql, tcp } from "../../lib/model/probes.ts";
import { attempt, secrets, reportOf } from "../support/attempt.ts";
import type { TestContainer } from "../support/containers.ts";
import { startContainer } from "../support/containers.ts";
import { probeEverything } from "../support/ends-by-itself.ts";
import { eventually } from "../support/eventually.ts";
import { untilPassed, whilePaused } from "../support/real-server.ts";

const reported = async (probe: DeclaredProbe, endpoint: Endpoint) =>
  reportOf(await attempt(probe, endpoint), endpoint);

describe("PostgreSQL", () => {
  let server: TestContainer;
  let endpoint: EndpointOf<"postgres">;
  let observer: Client;

  beforeAll(async () => {
    server = await startContainer({
      image: "phasegate-stand-in/postgres:17",
      port: 5432,
      env: { POSTGRES_USER: "netra", POSTGRES_PASSWORD: secrets.password, POSTGRES_DB: "netra" },
      command: ["postgres", "-c", "max_connections=40"],
    });
    endpoint = {
      protocol: "postgres",
      host: server.host,
      port: server.port,
      user: "netra",
      database: "netra",
      password: [{ secret: "password" }],
    };
    await untilPassed(sql("SELECT 1"), endpoint);
    observer = new Client({
      host: server.host,
      port: server.port,
      user: "netra",
      database: "netra",
      password: secrets.password,
    });
    observer.on("error", () => {});
    await observer.connect();
  });
  afterAll(async () => {
    await observer?.end();
    await server?.[Symbol.asyncDispose]();
  });

  /** What the probes' sessions are doing, as the server sees it. */
  async function probeSessions(): Promise<{ state: string; query: string }[]> {
    const { rows } = await observer.query<{ state: string; query: string }>(
      "SELECT state, query FROM pg_stat_activity WHERE application_name = 'phasegate-probe'",
    );
    return rows;
  }
  const noSession = async () => (await probeSessions()).length === 0;

  test("answers a query, with rows and speed as expected", async () => {
    expect(await reported(sql("SELECT 1", { rows: { atLeast: 1, atMost: 1 } }), endpoint)).toBe("passed");
    const measured = await attempt(sql("SELECT 1", { p95: { under: "5s", samples: 20 } }), endpoint);
    expect(measured).toMatchObject({ status: "passed", measured: { samples: 20 } });
    expect(await reported(tcp(server.port), endpoint)).toBe("passed");
  });

  test("is slower than no database can be", async () => {
    expect(
      await reported(sql("SELECT pg_sleep(0.01)", { p95: { under: "1ms", samples: 5 } }), endpoint),
    ).toMatch(
      /^failed, slow: the 95th percentile of 5 requests to server:1 is \d+\.\d\dms, expected under 1ms$/,
    );
  });

  test("lacks a table, or its rows", async () => {
    expect(await reported(sql("SELECT version_num FROM alembic_version"), endpoint)).toBe(
      'failed, server: server:1 answered: relation "alembic_version" does not exist',
    );
    expect(await reported(sql("SELECT 1 WHERE false", { rows: { atLeast: 1 } }), endpoint)).toBe(
      "failed, rows: 0 rows from SELECT 1 WHERE false, expected at least 1",
    );
  });

  test("does not take the account", async () => {
    expect(await reported(sql("SELECT 1"), { ...endpoint, password: [{ secret: "wrong" }] })).toBe(
      'failed, authentication, permanent: server:1 answered: password authentication failed for user "netra"',
    );
    // To the client the server says the same of a role that is not there; to its log it does not.
    const id = server.container.id;
    const container = containerView(connectEngine(), id, { look: async () => "gone" });
    for (const [probe, user] of [
      [sql("SELECT 1"), "nobody"],
      [connections(3), "noone"],
    ] as const) {
      const requested = { ...endpoint, user };
      expect(await attempt(probe, requested, { container })).toMatchObject({
        cause: {
          code: "account",
          text: `127.0.0.1:${server.port} answered: password authentication failed for user "${user}"; its log says: Role "${user}" does not exist.`,
        },
      });
    }
    const wrong = await attempt(
      sql("SELECT 1"),
      { ...endpoint, password: [{ secret: "wrong" }] },
      { container },
    );
    expect(reportOf(wrong, endpoint)).toBe(
      'failed, authentication, permanent: server:1 answered: password authentication failed for user "netra"',
    );
    expect(await reported(sql("SELECT 1"), { ...endpoint, database: "missing" })).toBe(
      'failed, server, permanent: server:1 answered: database "missing" does not exist',
    );
    expect(await reported(connections(5), { ...endpoint, password: [{ secret: "wrong" }] })).toMatch(
      /^failed, authentication, permanent: /,
    );
  });

  test("lets a probe write only if it says so", async () => {
    expect(await reported(sql("CREATE TABLE probe_wrote (a int)"), endpoint)).toBe(
      "failed, server, permanent: server:1 answered: cannot execute CREATE TABLE in a read-only transaction (a probe that is meant to write says mutates: true)",
    );
    expect(await reported(sql("COMMIT; CREATE TABLE probe_wrote (a int)"), endpoint)).toMatch(
      /^failed, server, permanent: server:1 answered: cannot insert multiple commands/,
    );
    expect(await reported(sql("CREATE TABLE probe_wrote (a int)", { mutates: true }), endpoint)).toBe(
      "passed",
    );
    expect(
      await reported(
        sql("INSERT INTO probe_wrote VALUES (1) RETURNING a", { mutates: true, rows: { atLeast: 1 } }),
        endpoint,
      ),
    ).toBe("passed");
    expect((await observer.query("SELECT a FROM probe_wrote")).rowCount).toBe(1);
  });

  test("sends no more rows than are needed to judge", async () => {
    const endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    expect(await reported(sql(endless), endpoint)).toBe("passed");
    expect(await reported(sql(endless, { rows: { atMost: 4 } }), endpoint)).toMatch(
      /^failed, rows: 5 or more rows from WITH RECURSIVE /,
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("runs a query that does not end: it is cancelled on the server, and nothing is left", async () => {
    const hanging = attempt(sql("SELECT pg_sleep(60)", { timeout: "1s" }), endpoint);
    expect(
      await eventually(async () =>
        (await probeSessions()).some(
          (session) => session.query === "SELECT pg_sleep(60)" && session.state === "active",
        ),
      ),
    ).toBe(true);
    expect(reportOf(await hanging, endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    // Before the server's own limit, which is a second later: what ended it is the order to cancel.
    expect(await probeSessions()).toEqual([]);
  });

  test("runs the parts of a composite, which are cancelled on the server with the whole", async () => {
    const hanging = all([sql("SELECT 1"), sql("SELECT pg_sleep(62)"), connections(3)], { timeout: "1s" });
    expect(await reported(hanging, endpoint)).toBe(
      "failed, timeout: 1 of 3 parts did not pass: the query SELECT pg_sleep(62): no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(await probeSessions()).toEqual([]);
  });

  test("runs no longer what is called off, because another part has passed", async () => {
    const startedAt = performance.now();
    const soon = any([sql("SELECT pg_sleep(63)"), sql("SELECT pg_sleep(0.5)")], { timeout: "30s" });
    expect(await reported(soon, endpoint)).toBe("passed");
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await probeSessions()).toEqual([]);
  });

  test("is asked what must not be", async () => {
    const table = (name: string) => sql(`SELECT 1 FROM ${name} LIMIT 1`);
    expect(await reported(not(table("legacy_orders")), endpoint)).toBe("passed");
    expect(await reported(not(table("pg_class")), endpoint)).toBe(
      "failed, unwanted: the query SELECT 1 FROM pg_class LIMIT 1 passes, and must not",
    );
    expect(await reported(not(sql("SELECT pg_sleep(64)", { timeout: "300ms" })), endpoint)).toMatch(
      /^failed, timeout: the query SELECT pg_sleep\(64\) must not pass, and whether it does cannot be said: /,
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("takes twenty connections at once, again and again, and says how many it takes", async () => {
    for (let round = 0; round < 5; round += 1)
      expect(await reported(connections(20), endpoint)).toBe("passed");
    expect(await reported(connections(60), endpoint)).toMatch(
      /^failed, capacity: \d+ of 60 connections succeeded, the next failed: server:1 answered: (sorry, too many clients already|remaining connection slots are reserved .*)$/,
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("is frozen", async () => {
    expect(await whilePaused(server, sql("SELECT 1", { timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while logging in",
    );
    expect(await whilePaused(server, connections(3, { timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while opening 3 connections, with 0 open",
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("freezes in the middle of a query, which does not go on once it thaws", async () => {
    const hanging = attempt(sql("SELECT pg_sleep(61)", { timeout: "1500ms" }), endpoint);
    expect(
      await eventually(async () =>
        (await probeSessions()).some((session) => session.query === "SELECT pg_sleep(61)"),
      ),
    ).toBe(true);
    await server.container.pause();
    try {
      expect(reportOf(await hanging, endpoint)).toBe(
        "failed, timeout: no answer from server:1 within 1500ms while waiting for the query's result",
      );
    } finally {
      await server.container.unpause();
    }
    expect(await eventually(noSession)).toBe(true);
  });

  test("is dead", async () => {
    await observer.end();
    await server.container.stop({ t: 5 });
    expect(await reported(sql("SELECT 1"), endpoint)).toBe("failed, refused: connection refused by server:1");
  });
});

describe("Redis", () => {
  let server: TestContainer;
  let endpoint: EndpointOf<"redis">;

  beforeAll(async () => {
    server = await startContainer({
      image: "phasegate-stand-in/redis:7",
      port: 6379,
      command: ["redis-server", "--requirepass", secrets.password, "--maxmemory", "64mb"],
    });
    endpoint = {
      protocol: "redis",
      host: server.host,
      port: server.port,
      password: [{ secret: "password" }],
    };
    await untilPassed(ping(), endpoint);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  /** CLIENT LIST from inside the container: a line a connection, its own among them. */
  async function clients(): Promise<string[]> {
    const exec = await server.container.exec({
      Cmd: ["redis-cli", "--no-auth-warning", "client", "list"],
      Env: [`REDISCLI_AUTH=${secrets.password}`],
      AttachStdout: true,
    });
    const stream = await exec.start({ Tty: true });
    let text = "";
    for await (const chunk of stream) text += String(chunk);
    return text.split("\n").filter((line) => line.includes("cmd="));
  }

  test("answers, within its memory, fast", async () => {
    expect(await reported(ping(), endpoint)).toBe("passed");
    expect(await reported(memory({ under: 0.9 }), endpoint)).toBe("passed");
    expect(await attempt(latency({ under: "5s", samples: 50 }), endpoint)).toMatchObject({
      status: "passed",
      measured: { samples: 50 },
    });
    expect(await reported(memory({ under: 0.001 }), endpoint)).toMatch(
      /^failed, capacity: server:1 uses [\d.]+% of its limit \([\d.]+ MiB of 64\.0 MiB\), expected under 0\.1%$/,
    );
  });

  test("does not take the account", async () => {
    expect(await reported(ping(), { ...endpoint, password: [{ secret: "wrong" }] })).toBe(
      "failed, authentication, permanent: server:1 answered: WRONGPASS invalid username-password pair or user is disabled.",
    );
    const { protocol, host, port } = endpoint;
    expect(await reported(ping(), { protocol, host, port })).toBe(
      "failed, authentication, permanent: server:1 answered: NOAUTH Authentication required.",
    );
  });

  test("is frozen, and has nobody connected once it thaws", async () => {
    expect(await whilePaused(server, ping({ timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while logging in",
    );
    for (const probe of [memory({ under: 0.9 }), latency({ under: "5ms", samples: 5 })])
      expect(await whilePaused(server, { ...probe, timeout: "500ms" }, endpoint)).toBe(
        "failed, timeout: no answer from server:1 within 500ms while logging in",
      );
    expect(await eventually(async () => (await clients()).length === 1)).toBe(true);
  });

  test("is dead", async () => {
    await server.container.stop({ t: 5 });
    expect(await reported(ping(), endpoint)).toBe("failed, refused: connection refused by server:1");
  });
});

describe("ClickHouse", () => {
  let server: TestContainer;
  let endpoint: EndpointOf<"clickhouse">;

  beforeAll(async () => {
    server = await startContainer({
      image: "phasegate-stand-in/clickhouse-server:24",
      port: 8123,
      env: { CLICKHOUSE_USER: "netra", CLICKHOUSE_PASSWORD: secrets.password, CLICKHOUSE_DB: "netra" },
    });
    endpoint = {
      protocol: "clickhouse",
      host: server.host,
      port: server.port,
      user: "netra",
      database: "netra",
      password: [{ secret: "password" }],
    };
    await untilPassed(query("SELECT 1"), endpoint);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  /** What the server is running besides this question. */
  async function processes(): Promise<string[]> {
    const credentials = Buffer.from(`netra:${secrets.password}`).toString("base64");
    const response = await fetch(
      `http://${server.host}:${server.port}/?query=${encodeURIComponent("SELECT query FROM system.processes FORMAT TabSeparated")}`,
      {
        headers: { authorization: `Basic ${credentials}` },
      },
    );
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    expect(response.status, lines.join("\n")).toBe(200);
    return lines.filter((line) => !line.includes("system.processes"));
  }
  const nothingRuns = async () => (await processes()).length === 0;

  test("answers a query, with rows and speed as expected", async () => {
    expect(
      await reported(
        query("SELECT * FROM system.tables LIMIT 1", { rows: { atLeast: 1, atMost: 1 } }),
        endpoint,
      ),
    ).toBe("passed");
    expect(
      await reported(
        query("SELECT count() FROM (SELECT * FROM system.numbers LIMIT 1000)", { rows: { atLeast: 1 } }),
        endpoint,
      ),
    ).toBe("passed");
    expect(await attempt(query("SELECT 1", { p95: { under: "5s", samples: 10 } }), endpoint)).toMatchObject({
      status: "passed",
      measured: { samples: 10 },
    });
  });

  test("lacks a table, or its rows", async () => {
    expect(await reported(query("SELECT * FROM missing"), endpoint)).toMatch(
      /^failed, server: server:1 answered: Table netra\.missing doesn't exist/,
    );
    expect(await reported(query("SELECT 1 WHERE 0", { rows: { atLeast: 1 } }), endpoint)).toBe(
      "failed, rows: 0 rows from SELECT 1 WHERE 0, expected at least 1",
    );
  });

  test("does not take the account", async () => {
    expect(await reported(query("SELECT 1"), { ...endpoint, password: [{ secret: "wrong" }] })).toMatch(
      /^failed, authentication, permanent: server:1 answered: /,
    );
    expect(await reported(query("SELECT 1"), { ...endpoint, user: "nobody" })).toMatch(
      /^failed, account, permanent: server:1 answered: /,
    );
    expect(await reported(query("SELECT 1"), { ...endpoint, database: "missing" })).toMatch(
      /^failed, server, permanent: server:1 answered: Database missing doesn't exist/,
    );
  });

  test("lets a probe write only if it says so", async () => {
    const create = "CREATE TABLE probe_wrote (a Int8) ENGINE = Memory";
    expect(await reported(query(create), endpoint)).toBe(
      "failed, server, permanent: server:1 answered: Cannot create table in readonly mode (a probe that is meant to write says mutates: true)",
    );
    expect(await reported(query(create, { mutates: true }), endpoint)).toBe("passed");
    expect(await reported(query("INSERT INTO probe_wrote VALUES (1)", { mutates: true }), endpoint)).toBe(
      "passed",
    );
    expect(
      await reported(query("SELECT a FROM probe_wrote", { rows: { atLeast: 1, atMost: 1 } }), endpoint),
    ).toBe("passed");
  });

  test("sends no more rows than are needed to judge", async () => {
    expect(await reported(query("SELECT * FROM system.numbers"), endpoint)).toBe("passed");
    expect(await reported(query("SELECT * FROM system.numbers", { rows: { atMost: 4 } }), endpoint)).toBe(
      "failed, rows: 5 or more rows from SELECT * FROM system.numbers, expected at most 4",
    );
    expect(await eventually(nothingRuns)).toBe(true);
  });

  test.each([
    ["reads", {}],
    ["writes", { mutates: true }],
  ])(
    "runs a query that does not end and %s: it is killed on the server, and nothing is left",
    async (_name, options) => {
      // With a limit of its own, so that the one that the probe sets cannot be what ends it.
      const statement = "SELECT count() FROM system.numbers SETTINGS max_execution_time = 100";
      const hanging = attempt(query(statement, { timeout: "1s", ...options }), endpoint);
      expect(await eventually(async () => (await processes()).includes(statement))).toBe(true);
      expect(reportOf(await hanging, endpoint)).toBe(
        "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
      );
      expect(await eventually(nothingRuns)).toBe(true);
    },
  );

  test("runs a query that cannot be interrupted: the attempt returns in time, and nothing is left soon after", async () => {
    const startedAt = performance.now();
    expect(await reported(query("SELECT sleep(3)", { timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while waiting for the query's result",
    );
    expect(performance.now() - startedAt).toBeLessThan(2500);
    expect(await eventually(nothingRuns)).toBe(true);
  });

  test("is frozen", async () => {
    expect(await whilePaused(server, query("SELECT 1", { timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while waiting for the query's result",
    );
    expect(await eventually(nothingRuns)).toBe(true);
  });

  test("is dead", async () => {
    await server.container.stop({ t: 5 });
    expect(await reported(query("SELECT 1"), endpoint)).toBe(
      "failed, refused: connection refused by server:1",
    );
  });
});

/** An address of the engine's default network that no container has: the engine gives out the first ones first. */
async function nobodysAddress(): Promise<string> {
  const { IPAM } = (await new Docker().getNetwork("bridge").inspect()) as {
    IPAM: { Config: { Subnet: string }[] };
  };
  const [network = "", bits] = (IPAM.Config[0]?.Subnet ?? "").split("/");
  const first = Buffer.from(network.split(".").map(Number)).readUInt32BE();
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(first + 2 ** (32 - Number(bits)) - 3 - randomInt(50));
  return bytes.join(".");
}

test("an address that nobody has", async () => {
  const { lines, ended } = await probeEverything([`${await nobodysAddress()}:5432`]);
  expect(lines).toHaveLength(24);
  expect(lines.at(-1)).toBe("done");
  // A name server is asked without a connection, and a probe of one's own says what its client says.
  expect(lines.at(-3)).toMatch(/^http dns-name: failed, (timeout|dns): /);
  expect(lines.at(-2)).toMatch(/^http custom: (failed, timeout: no answer|unknown, prober: )/);
  for (const line of lines.slice(0, -3)) {
    // How long the kernel looks for an address before it knows that it is not there is its own affair.
    expect(line).toMatch(
      /: failed, (timeout: no answer from server:1 within 300ms while (connecting|opening 5 connections, with 0 open)|unreachable: no route to server:1)$/,
    );
  }
  expect(ended).toBe(true);
});
