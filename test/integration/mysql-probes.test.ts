import mysql from "mysql2/promise";
import type { RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { all } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { connections, sql } from "../../lib/model/probes.ts";
import { attempt, reportOf, secrets } from "../support/attempt.ts";
import type { TestContainer } from "../support/containers.ts";
import { startContainer } from "../support/containers.ts";
import { eventually } from "../support/eventually.ts";
import { untilPassed, whilePaused } from "../support/real-server.ts";

describe("MariaDB", () => {
  let server: TestContainer;
  let endpoint: EndpointOf<"mysql">;
  let observer: mysql.Connection;
  const reported = async (probe: DeclaredProbe, changed: Partial<EndpointOf<"mysql">> = {}) =>
    reportOf(await attempt(probe, { ...endpoint, ...changed }), endpoint);

  beforeAll(async () => {
    server = await startContainer({
      image: "phasegate-stand-in/mariadb:11",
      port: 3306,
      env: {
        MYSQL_ROOT_PASSWORD: secrets.wrong,
        MYSQL_USER: "netra",
        MYSQL_PASSWORD: secrets.password,
        MYSQL_DATABASE: "netra",
      },
      command: ["--max-connections=40"],
    });
    const { host, port } = server;
    const password = [{ secret: "password" }];
    endpoint = { protocol: "mysql", host, port, user: "netra", database: "netra", password };
    await untilPassed(sql("SELECT 1"), endpoint);
    observer = await mysql.createConnection({ host, port, user: "root", password: secrets.wrong });
  });
  afterAll(async () => {
    await observer?.end().catch(() => {});
    await server?.[Symbol.asyncDispose]();
  });

  /** The statements that sessions of the probes' account run, as the server sees them; an idle session has none. */
  async function probeSessions(): Promise<(string | null)[]> {
    const [rows] = await observer.query<RowDataPacket[]>(
      "SELECT info FROM information_schema.processlist WHERE user = 'netra'",
    );
    return rows.map(({ info }) => info as string | null);
  }
  const noSession = async () => (await probeSessions()).length === 0;

  test("answers a query, with rows and speed as expected", async () => {
    expect(await reported(sql("SELECT 1", { rows: { atLeast: 1, atMost: 1 } }))).toBe("passed");
    const measured = await attempt(sql("SELECT 1", { p95: { under: "5s", samples: 20 } }), endpoint);
    expect(measured).toMatchObject({ status: "passed", measured: { samples: 20 } });
    // What is no result set has no rows.
    expect(await reported(sql("DO 1", { rows: { atMost: 0 } }))).toBe("passed");
  });

  test("lacks a table, or its rows", async () => {
    expect(await reported(sql("SELECT * FROM orders"))).toBe(
      "failed, server: server:1 answered: Table 'netra.orders' doesn't exist",
    );
    expect(await reported(sql("SELECT 1 FROM dual WHERE false", { rows: { atLeast: 1 } }))).toBe(
      "failed, rows: 0 rows from SELECT 1 FROM dual WHERE false, expected at least 1",
    );
  });

  test("does not take the account, or has no such database", async () => {
    expect(await reported(sql("SELECT 1"), { password: [{ secret: "wrong" }] })).toMatch(
      /^failed, authentication, permanent: server:1 answered: Access denied for user 'netra'@'[\d.]+' \(using password: YES\)$/,
    );
    expect(await reported(connections(5), { user: "nobody" })).toMatch(
      /^failed, authentication, permanent: server:1 answered: Access denied for user 'nobody'@/,
    );
    expect(await reported(sql("SELECT 1"), { database: "missing" })).toBe(
      "failed, account, permanent: server:1 answered: Access denied for user 'netra'@'%' to database 'missing'; it may not exist",
    );
    const root = { user: "root", password: [{ secret: "wrong" }], database: "missing" };
    expect(await reported(sql("SELECT 1"), root)).toBe(
      "failed, server, permanent: server:1 answered: Unknown database 'missing'",
    );
  });

  test("lets a probe write only if it says so", async () => {
    const refusal =
      "failed, server, permanent: server:1 answered: Cannot execute statement in a READ ONLY transaction (a probe that is meant to write says mutates: true)";
    const create = "CREATE TABLE probe_wrote (a int)";
    expect(await reported(sql(create))).toBe(refusal);
    expect(await reported(sql(`SELECT 1; ${create}`))).toMatch(/^failed, server, permanent: .*SQL syntax/);
    expect(await reported(sql(create, { mutates: true }))).toBe("passed");
    expect(await reported(sql("INSERT INTO probe_wrote VALUES (1)"))).toBe(refusal);
    expect(await reported(sql("INSERT INTO probe_wrote VALUES (1)", { mutates: true }))).toBe("passed");
    expect((await observer.query("SELECT a FROM netra.probe_wrote"))[0]).toEqual([{ a: 1 }]);
  });

  test("sends no more rows than are needed to judge", async () => {
    const many = "SELECT seq FROM seq_1_to_1000000000";
    expect(await reported(sql(many))).toBe("passed");
    expect(await reported(sql(many, { rows: { atMost: 4 } }))).toMatch(
      /^failed, rows: 5 or more rows from SELECT seq /,
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("runs a query that does not end: it is killed on the server, and nothing is left", async () => {
    const hanging = attempt(sql("SELECT SLEEP(60)", { timeout: "1s" }), endpoint);
    expect(await eventually(async () => (await probeSessions()).includes("SELECT SLEEP(60)"))).toBe(true);
    expect(reportOf(await hanging, endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    // Before the server's own limit, which is a second later: what ended it is the order to kill.
    expect(await probeSessions()).toEqual([]);
  });

  test("runs the parts of a composite, which are killed on the server with the whole", async () => {
    const hanging = all([sql("SELECT 1"), sql("SELECT SLEEP(62)"), connections(3)], { timeout: "1s" });
    expect(await reported(hanging)).toBe(
      "failed, timeout: 1 of 3 parts did not pass: the query SELECT SLEEP(62): no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(await probeSessions()).toEqual([]);
  });

  test("takes twenty connections at once, again and again, and says how many it takes", async () => {
    for (let round = 0; round < 3; round += 1) expect(await reported(connections(20))).toBe("passed");
    expect(await reported(connections(60))).toMatch(
      /^failed, capacity: \d+ of 60 connections succeeded, the next failed: server:1 answered: Too many connections$/,
    );
    expect(await eventually(noSession)).toBe(true);
  });

  test("is frozen, also in the middle of a query, which does not go on once it thaws", async () => {
    expect(await whilePaused(server, sql("SELECT 1", { timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while logging in",
    );
    const hanging = attempt(sql("SELECT SLEEP(61)", { timeout: "1500ms" }), endpoint);
    expect(await eventually(async () => (await probeSessions()).includes("SELECT SLEEP(61)"))).toBe(true);
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
    expect(await reported(sql("SELECT 1"))).toBe("failed, refused: connection refused by server:1");
  });
});
