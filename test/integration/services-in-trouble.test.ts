import { createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Service,
  type TrialStack,
  clickhouseUrl,
  createTrialStack,
  databaseUrl,
  post,
  redisUrl,
  secrets,
  services,
} from "../services/trial-stack.ts";

let stack: TrialStack;

beforeAll(async () => {
  stack = await createTrialStack();
  await stack.startDatabases();
  for (const application of ["migrations", ...services] as const) await stack.startApplication(application);
  for (const service of services) expect(await stack.becomesReady(service)).toMatchObject({ status: 200 });
});

afterAll(async () => {
  await stack.remove();
});

describe("outages", () => {
  const outages: readonly {
    readonly of: string;
    readonly felt: readonly (readonly [Service, string])[];
    readonly reason: string;
  }[] = [
    {
      of: "postgres",
      felt: [
        ["auth", "/health/database"],
        ["auth", "/health/oauth"],
        ["backend", "/health/database"],
        ["backend", "/health/agents"],
        ["frontend", "/api/health"],
      ],
      reason: "PostgreSQL at postgres:5432: ",
    },
    {
      of: "redis",
      felt: [
        ["auth", "/health/redis"],
        ["backend", "/health/redis"],
        ["frontend", "/api/health"],
      ],
      reason: "Redis at redis:6379: ",
    },
    {
      of: "clickhouse",
      felt: [
        ["backend", "/health/clickhouse"],
        ["frontend", "/api/health"],
      ],
      reason: "ClickHouse at clickhouse:8123: ",
    },
    {
      of: "auth",
      felt: [
        ["backend", "/health/auth"],
        ["frontend", "/health/auth"],
      ],
      reason: "auth at auth:8081: ",
    },
    { of: "backend", felt: [["frontend", "/health/backend"]], reason: "backend at backend:8000: " },
  ];

  test.each(outages)(
    "$of away: its dependents say so, live on, and recover",
    async ({ of, felt, reason }) => {
      await stack.container(of).kill();
      for (const [service, path] of felt) {
        const { status, body } = await stack.askUntil(service, path, ({ status }) => status === 503);
        expect({ service, path, status }).toEqual({ service, path, status: 503 });
        expect(body.reason).toContain(reason);
        expect((await stack.ask(service, "/health")).status).toBe(200);
      }
      const flow = await stack.ask("frontend", "/api/test/complete-flow", post());
      expect(flow).toMatchObject({ status: 503, body: { complete: false, ready: false } });
      await stack.container(of).start();
      for (const service of services) {
        expect(await stack.becomesReady(service)).toMatchObject({ status: 200 });
      }
      expect(await stack.ask("frontend", "/api/test/complete-flow", post())).toMatchObject({ status: 200 });
    },
  );

  test("a server that hangs is reported as one that does not answer in time", async () => {
    await stack.container("redis").pause();
    try {
      const { status, body } = await stack.ask("auth", "/health/redis");
      expect({ status, reason: body.reason }).toEqual({
        status: 503,
        reason: "Redis at redis:6379: no answer in time",
      });
      const login = await stack.ask("frontend", "/api/auth/validate", post());
      expect(login.status).toBe(503);
      expect(login.body.reason).toContain("/token answered 503: Redis at redis:6379: no answer in time");
    } finally {
      await stack.container("redis").unpause();
    }
    expect((await stack.becomesReady("auth")).status).toBe(200);
  });
});

describe("what is there but not as it must be", () => {
  test("agents: none enabled", async () => {
    await stack.onPostgres("UPDATE agents SET enabled = false");
    expect(await stack.ask("backend", "/health/agents")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "the table agents has no enabled agent" },
    });
    await stack.onPostgres("UPDATE agents SET enabled = true");
    expect(await stack.ask("backend", "/health/agents")).toMatchObject({ status: 200 });
  });

  test("oauth: the client is not registered", async () => {
    const [client] = (await stack.onPostgres("DELETE FROM auth_clients RETURNING metadata::text")) as {
      metadata: string;
    }[];
    expect(await stack.ask("auth", "/health/oauth")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "client frontend is not registered" },
    });
    await stack.onPostgres(
      `INSERT INTO auth_clients (client_id, metadata) VALUES ('frontend', '${client?.metadata ?? ""}')`,
    );
    expect(await stack.ask("auth", "/health/oauth")).toMatchObject({ status: 200 });
    expect(client?.metadata).not.toContain(secrets.client);
  });

  test("clickhouse: the table is gone, until the backend starts again", async () => {
    const clickhouse = createClient({
      url: `http://netra:${secrets.clickhouse}@${await stack.address("clickhouse")}/netra`,
    });
    await clickhouse.command({ query: "DROP TABLE events" });
    await clickhouse.close();
    expect(await stack.ask("backend", "/health/clickhouse")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "ClickHouse at clickhouse:8123: the table events is missing" },
    });
    await stack.container("backend").restart();
    expect(await stack.becomesReady("backend")).toMatchObject({ status: 200 });
  });
});

describe("migrations", () => {
  let runs = 0;

  async function migrate(password = secrets.postgres) {
    runs += 1;
    const name = `migrations-${runs}`;
    await stack.startApplication("migrations", { name, env: { DATABASE_URL: databaseUrl(password) } });
    return { exitCode: await stack.exitCode(name), log: await stack.logs(name) };
  }

  test("run again, they change nothing", async () => {
    const { exitCode, log } = await migrate();
    expect(exitCode).toBe(0);
    expect(log).toContain('"applied":[]');
    expect(await stack.onPostgres("SELECT version_num FROM alembic_version")).toEqual([
      { version_num: "0002" },
    ]);
  });

  test("two at once do not get in each other's way", async () => {
    const results = await Promise.all([migrate(), migrate()]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  test("a lost alembic_version is written again", async () => {
    await stack.onPostgres("DROP TABLE alembic_version");
    expect((await migrate()).exitCode).toBe(0);
    expect(await stack.onPostgres("SELECT version_num FROM alembic_version")).toEqual([
      { version_num: "0002" },
    ]);
    expect(await stack.onPostgres("SELECT name FROM agents")).toHaveLength(3);
  });

  test("a database of a later version is refused", async () => {
    await stack.onPostgres("UPDATE alembic_version SET version_num = '0099'");
    const { exitCode, log } = await migrate();
    expect(exitCode).toBe(1);
    expect(log).toContain("the database is at version 0099, which this program does not know");
    await stack.onPostgres("UPDATE alembic_version SET version_num = '0002'");
  });

  test("a wrong password ends them at once, with one line", async () => {
    const { exitCode, log } = await migrate("not-the-password");
    expect(exitCode).toBe(1);
    expect(log.trim().split("\n")).toHaveLength(1);
    expect(log).toContain("PostgreSQL at postgres:5432: wrong user or password");
    expect(log).not.toContain("not-the-password");
  });
});

describe("wrong secrets are reported in words, and never repeated", () => {
  const wrong = "not-the-secret-but-of-enough-length";

  test("auth: PostgreSQL and Redis", async () => {
    const env = { DATABASE_URL: databaseUrl(wrong), REDIS_URL: redisUrl(wrong) };
    await stack.startApplication("auth", { name: "auth-wrong", env });
    await stack.askUntil("auth-wrong", "/health", ({ status }) => status === 200);
    const { status, body } = await stack.ask("auth-wrong", "/health/complete");
    expect(status).toBe(503);
    expect(body.checks).toMatchObject({
      database: { reason: "PostgreSQL at postgres:5432: wrong user or password" },
      redis: { reason: "Redis at redis:6379: wrong user or password" },
    });
    expect(JSON.stringify(body) + (await stack.logs("auth-wrong"))).not.toContain(wrong);
  });

  test("backend: ClickHouse", async () => {
    const env = { CLICKHOUSE_URL: clickhouseUrl(wrong) };
    await stack.startApplication("backend", { name: "backend-wrong", env });
    await stack.askUntil("backend-wrong", "/health", ({ status }) => status === 200);
    const { status, body } = await stack.ask("backend-wrong", "/health/clickhouse");
    expect(status).toBe(503);
    expect(body.reason).toBe("ClickHouse at clickhouse:8123: wrong user or password");
    expect(JSON.stringify(body) + (await stack.logs("backend-wrong"))).not.toContain(wrong);
  });

  test("frontend: its own at auth", async () => {
    await stack.startApplication("frontend", { name: "frontend-wrong", env: { CLIENT_SECRET: wrong } });
    const answer = await stack.askUntil("frontend-wrong", "/health/ready", ({ body }) =>
      String(body.reason).includes("401"),
    );
    expect(answer.body.reason).toContain("initialising: logging in: auth at auth:8081: /token answered 401");
    expect(JSON.stringify(answer) + (await stack.logs("frontend-wrong"))).not.toContain(wrong);
  });

  test("an application without its settings names all that are missing and exits with 1", async () => {
    const names = ["DATABASE_URL", "REDIS_URL", "SESSION_SECRET", "CLIENT_SECRET", "PUBLIC_URL"];
    const env = { PORT: "http", ...Object.fromEntries(names.map((name) => [name, ""])) };
    await stack.startApplication("auth", { name: "auth-empty", env });
    expect(await stack.exitCode("auth-empty")).toBe(1);
    const log = await stack.logs("auth-empty");
    for (const name of ["PORT", ...names]) {
      expect(log).toContain(name);
    }
  });
});
