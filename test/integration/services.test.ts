import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@clickhouse/client";
import Docker from "dockerode";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { bundleReference, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { type TrialNetwork, createTrialNetwork } from "../services/trial-network.ts";

// Containers start and stop in most of these, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const root = resolve(import.meta.dirname, "../..");
const docker = new Docker();

const secrets = {
  postgres: "trial-postgres-password",
  redis: "trial-redis-password",
  clickhouse: "trial-clickhouse-password",
  session: "trial-session-secret-of-enough-length",
  client: "trial-client-secret-of-enough-length-",
};
const databaseUrl = (password = secrets.postgres) => `postgres://netra:${password}@postgres:5432/netra`;
const redisUrl = (password = secrets.redis) => `redis://:${password}@redis:6379`;
const clickhouseUrl = (password = secrets.clickhouse) => `http://netra:${password}@clickhouse:8123/netra`;

const authEnv = {
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  SESSION_SECRET: secrets.session,
  CLIENT_SECRET: secrets.client,
  PUBLIC_URL: "http://auth:8081",
};
const backendEnv = {
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  CLICKHOUSE_URL: clickhouseUrl(),
  AUTH_URL: "http://auth:8081",
};
const frontendEnv = {
  BACKEND_URL: "http://backend:8000",
  AUTH_URL: "http://auth:8081",
  CLIENT_ID: "frontend",
  CLIENT_SECRET: secrets.client,
};

const healthPaths = {
  auth: ["database", "redis", "oauth", "jwt", "config", "ready", "complete"],
  backend: ["database", "redis", "clickhouse", "auth", "agents", "websocket", "ready", "complete"],
  frontend: ["backend", "auth", "ready", "complete"],
} as const;
type Service = keyof typeof healthPaths;

let network: TrialNetwork;
const images: Record<string, string> = {};

beforeAll(async () => {
  const silent = () => undefined;
  for (const reference of ["postgres:17", "redis:7", "clickhouse/clickhouse-server:24"]) {
    images[reference] = (await prepareImage(docker, reference, silent)).reference;
  }
  for (const service of ["auth", "backend", "frontend", "migrations"]) {
    const entry = `services/${service}/main.ts`;
    const reference = await bundleReference(root, entry);
    images[service] = (await prepareBundle(docker, root, entry, reference, silent)).reference;
  }
  network = await createTrialNetwork(docker);
});

afterAll(async () => {
  await network?.remove();
});

const image = (name: string) => images[name] ?? name;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(service: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://${await network.address(service)}${path}`, init);
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

const post = (body = ""): RequestInit => ({ method: "POST", headers: { "content-type": "application/json" }, body });

/** Asks until the answer is as wanted, and returns the last answer either way: the assertion shows what it was. */
async function eventually(request: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  const deadlineMs = performance.now() + 60_000;
  for (;;) {
    const answer = await request().catch((error: unknown) => ({ status: 0, body: { reason: String(error) } }));
    if (wanted(answer) || performance.now() > deadlineMs) return answer;
    await sleep(200);
  }
}

const becomesReady = (service: Service) => eventually(() => ask(service, "/health/ready"), ({ status }) => status === 200);
const answers503 = (service: Service, path: string) => eventually(() => ask(service, path), ({ status }) => status === 503);

async function onPostgres(sql: string): Promise<readonly unknown[]> {
  const client = new Client(`postgres://netra:${secrets.postgres}@${await network.address("postgres")}/netra`);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("started all at once, the applications before what they need", () => {
  const readyAfterMs = 4_000;

  beforeAll(async () => {
    const READY_AFTER = `${readyAfterMs}ms`;
    await network.run("migrations", { image: image("migrations"), env: { DATABASE_URL: databaseUrl() } });
    await network.run("frontend", { image: image("frontend"), port: 3000, env: { ...frontendEnv, READY_AFTER } });
    await network.run("backend", { image: image("backend"), port: 8000, env: { ...backendEnv, READY_AFTER } });
    await network.run("auth", { image: image("auth"), port: 8081, env: { ...authEnv, READY_AFTER } });
    await eventually(() => ask("auth", "/health"), ({ status }) => status === 200);
  });

  test.each(Object.keys(healthPaths) as Service[])("%s answers /health early and nothing else as ready", async (service) => {
    expect(await ask(service, "/health")).toEqual({ status: 200, body: { status: "ok", service } });
    for (const path of healthPaths[service]) {
      const { status, body } = await ask(service, `/health/${path}`);
      expect({ path, status, ready: body.ready, reason: typeof body.reason }).toEqual({
        path,
        status: 503,
        ready: false,
        reason: "string",
      });
    }
  });

  test("the frontend's own paths say that it is not ready", async () => {
    expect(await ask("frontend", "/api/health")).toMatchObject({ status: 503, body: { ready: false } });
    for (const path of ["/api/auth/validate", "/api/test/complete-flow"]) {
      expect(await ask("frontend", path, post())).toMatchObject({ status: 503, body: { ready: false } });
    }
    const [error] = (await once(new WebSocket(`ws://${await network.address("frontend")}/ws/test`), "error")) as [Error];
    expect(error.message).toContain("503");
  });

  test("when the databases come, the migrations run and everything becomes ready by itself", async () => {
    await network.run("postgres", {
      image: image("postgres:17"),
      port: 5432,
      env: { POSTGRES_USER: "netra", POSTGRES_PASSWORD: secrets.postgres, POSTGRES_DB: "netra" },
    });
    await network.run("redis", {
      image: image("redis:7"),
      env: {},
      command: ["redis-server", "--requirepass", secrets.redis],
    });
    await network.run("clickhouse", {
      image: image("clickhouse/clickhouse-server:24"),
      port: 8123,
      env: { CLICKHOUSE_USER: "netra", CLICKHOUSE_PASSWORD: secrets.clickhouse, CLICKHOUSE_DB: "netra" },
    });
    expect(await network.exitCode("migrations")).toBe(0);
    for (const service of Object.keys(healthPaths) as Service[]) {
      expect(await becomesReady(service)).toMatchObject({ status: 200, body: { ready: true } });
    }
  });

  test("no one was ready before READY_AFTER", async () => {
    for (const service of Object.keys(healthPaths) as Service[]) {
      const { body } = await ask(service, "/health/complete");
      const { ms } = body.initialisation as { readonly ms: number };
      expect(ms).toBeGreaterThanOrEqual(readyAfterMs);
    }
  });

  test.each(Object.keys(healthPaths) as Service[])("every health path of %s is ready", async (service) => {
    for (const path of healthPaths[service]) {
      const { status, body } = await ask(service, `/health/${path}`);
      expect({ path, status, ready: body.ready, reason: body.reason }).toEqual({ path, status: 200, ready: true });
    }
  });
});

describe("what a user gets", () => {
  test("the complete flow: log in, an agent answers, its event is read back", async () => {
    const { status, body } = await ask("frontend", "/api/test/complete-flow", post());
    expect(status).toBe(200);
    expect(body).toMatchObject({ complete: true, ready: true });
    expect((body.steps as { name: string; ms: number }[]).map(({ name }) => name)).toEqual([
      "logIn",
      "callBackend",
      "websocket",
      "agentAnswers",
      "eventReadBack",
    ]);
  });

  test("a token is got and validated, a foreign one is rejected", async () => {
    expect(await ask("frontend", "/api/auth/validate", post())).toMatchObject({
      status: 200,
      body: { ready: true, valid: true, subject: "frontend", issuer: "http://auth:8081" },
    });
    const { status, body } = await ask("frontend", "/api/auth/validate", post('{"token":"a.b.c"}'));
    expect(status).toBe(401);
    expect(body.error).toContain("token rejected");
  });

  test("the websocket reaches through to the backend", async () => {
    const socket = new WebSocket(`ws://${await network.address("frontend")}/ws/test`);
    await once(socket, "open");
    socket.send('{"type":"ping"}');
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(String(data))).toMatchObject({ type: "pong", backend: "pong" });
    socket.terminate();
  });

  test("the page is there", async () => {
    const response = await fetch(`http://${await network.address("frontend")}/`);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("<h1>netra</h1>");
  });

  test("the backend lets nobody in without a token", async () => {
    for (const path of ["/agents", "/events/00000000-0000-4000-8000-000000000000"]) {
      expect((await ask("backend", path)).status).toBe(401);
    }
    expect((await ask("backend", "/agents/echo/run", post('{"input":"hello"}'))).status).toBe(401);
    const forged = { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9." };
    expect((await ask("backend", "/agents", { headers: forged })).status).toBe(401);
  });
});

describe("outages", () => {
  const outages: readonly { readonly of: string; readonly felt: readonly (readonly [Service, string])[]; readonly reason: string }[] = [
    {
      of: "postgres",
      felt: [["auth", "/health/database"], ["auth", "/health/oauth"], ["backend", "/health/database"], ["backend", "/health/agents"], ["frontend", "/api/health"]],
      reason: "PostgreSQL at postgres:5432: ",
    },
    {
      of: "redis",
      felt: [["auth", "/health/redis"], ["backend", "/health/redis"], ["frontend", "/api/health"]],
      reason: "Redis at redis:6379: ",
    },
    {
      of: "clickhouse",
      felt: [["backend", "/health/clickhouse"], ["frontend", "/api/health"]],
      reason: "ClickHouse at clickhouse:8123: ",
    },
    { of: "auth", felt: [["backend", "/health/auth"], ["frontend", "/health/auth"]], reason: "auth at auth:8081: " },
    { of: "backend", felt: [["frontend", "/health/backend"]], reason: "backend at backend:8000: " },
  ];

  test.each(outages)("$of away: its dependents say so, live on, and recover", async ({ of, felt, reason }) => {
    await network.container(of).kill();
    for (const [service, path] of felt) {
      const { status, body } = await answers503(service, path);
      expect({ service, path, status }).toEqual({ service, path, status: 503 });
      expect(body.reason).toContain(reason);
      expect((await ask(service, "/health")).status).toBe(200);
    }
    const flow = await ask("frontend", "/api/test/complete-flow", post());
    expect(flow).toMatchObject({ status: 503, body: { complete: false, ready: false } });
    await network.container(of).start();
    for (const service of Object.keys(healthPaths) as Service[]) {
      expect(await becomesReady(service)).toMatchObject({ status: 200 });
    }
    expect(await ask("frontend", "/api/test/complete-flow", post())).toMatchObject({ status: 200 });
  });

  test("a server that hangs is told as one that does not answer in time", async () => {
    await network.container("redis").pause();
    try {
      const { status, body } = await ask("auth", "/health/redis");
      expect({ status, reason: body.reason }).toEqual({ status: 503, reason: "Redis at redis:6379: no answer in time" });
      const login = await ask("frontend", "/api/auth/validate", post());
      expect(login.status).toBe(503);
      expect(login.body.reason).toContain("/token answered 503: Redis at redis:6379: no answer in time");
    } finally {
      await network.container("redis").unpause();
    }
    expect((await becomesReady("auth")).status).toBe(200);
  });
});

describe("what is there but not as it must be", () => {
  test("agents: none enabled", async () => {
    await onPostgres("UPDATE agents SET enabled = false");
    expect(await ask("backend", "/health/agents")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "the table agents has no enabled agent" },
    });
    await onPostgres("UPDATE agents SET enabled = true");
    expect(await ask("backend", "/health/agents")).toMatchObject({ status: 200 });
  });

  test("oauth: the client is not registered", async () => {
    const [client] = (await onPostgres("DELETE FROM auth_clients RETURNING metadata::text")) as { metadata: string }[];
    expect(await ask("auth", "/health/oauth")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "client frontend is not registered" },
    });
    await onPostgres(`INSERT INTO auth_clients (client_id, metadata) VALUES ('frontend', '${client?.metadata ?? ""}')`);
    expect(await ask("auth", "/health/oauth")).toMatchObject({ status: 200 });
    expect(client?.metadata).not.toContain(secrets.client);
  });

  test("clickhouse: the table is gone, until the backend starts anew", async () => {
    const clickhouse = createClient({
      url: `http://netra:${secrets.clickhouse}@${await network.address("clickhouse")}/netra`,
    });
    await clickhouse.command({ query: "DROP TABLE events" });
    await clickhouse.close();
    expect(await ask("backend", "/health/clickhouse")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "ClickHouse at clickhouse:8123: the table events is missing" },
    });
    await network.container("backend").restart();
    expect(await becomesReady("backend")).toMatchObject({ status: 200 });
  });
});

describe("migrations", () => {
  let runs = 0;

  async function migrate(password = secrets.postgres) {
    runs += 1;
    const name = `migrations-${runs}`;
    await network.run(name, {
      image: image("migrations"),
      env: { DATABASE_URL: databaseUrl(password), WAIT_FOR_DATABASE: "50s" },
    });
    return { exitCode: await network.exitCode(name), log: await network.logs(name) };
  }

  test("run again, they change nothing", async () => {
    const { exitCode, log } = await migrate();
    expect(exitCode).toBe(0);
    expect(log).toContain('"applied":[]');
    expect(await onPostgres("SELECT version_num FROM alembic_version")).toEqual([{ version_num: "0002" }]);
  });

  test("two at once do not get in each other's way", async () => {
    const results = await Promise.all([migrate(), migrate()]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  test("a lost alembic_version is written again", async () => {
    await onPostgres("DROP TABLE alembic_version");
    expect((await migrate()).exitCode).toBe(0);
    expect(await onPostgres("SELECT version_num FROM alembic_version")).toEqual([{ version_num: "0002" }]);
    expect(await onPostgres("SELECT name FROM agents")).toHaveLength(3);
  });

  test("a database of a later version is refused", async () => {
    await onPostgres("UPDATE alembic_version SET version_num = '0099'");
    const { exitCode, log } = await migrate();
    expect(exitCode).toBe(1);
    expect(log).toContain("the database is at version 0099, which this program does not know");
    await onPostgres("UPDATE alembic_version SET version_num = '0002'");
  });

  test("a wrong password ends them at once, with one line", async () => {
    const { exitCode, log } = await migrate("not-the-password");
    expect(exitCode).toBe(1);
    expect(log.trim().split("\n")).toHaveLength(1);
    expect(log).toContain("PostgreSQL at postgres:5432: wrong user or password");
    expect(log).not.toContain("not-the-password");
  });
});

describe("wrong secrets are told in words, and never repeated", () => {
  const wrong = "not-the-secret-but-of-enough-length";

  test("auth: PostgreSQL and Redis", async () => {
    await network.run("auth-wrong", {
      image: image("auth"),
      port: 8081,
      env: { ...authEnv, DATABASE_URL: databaseUrl(wrong), REDIS_URL: redisUrl(wrong) },
    });
    await eventually(() => ask("auth-wrong", "/health"), ({ status }) => status === 200);
    const { status, body } = await ask("auth-wrong", "/health/complete");
    expect(status).toBe(503);
    expect(body.checks).toMatchObject({
      database: { reason: "PostgreSQL at postgres:5432: wrong user or password" },
      redis: { reason: "Redis at redis:6379: wrong user or password" },
    });
    expect(JSON.stringify(body) + (await network.logs("auth-wrong"))).not.toContain(wrong);
  });

  test("backend: ClickHouse", async () => {
    await network.run("backend-wrong", {
      image: image("backend"),
      port: 8000,
      env: { ...backendEnv, CLICKHOUSE_URL: clickhouseUrl(wrong) },
    });
    await eventually(() => ask("backend-wrong", "/health"), ({ status }) => status === 200);
    const { status, body } = await ask("backend-wrong", "/health/clickhouse");
    expect(status).toBe(503);
    expect(body.reason).toBe("ClickHouse at clickhouse:8123: wrong user or password");
    expect(JSON.stringify(body) + (await network.logs("backend-wrong"))).not.toContain(wrong);
  });

  test("frontend: its own at auth", async () => {
    await network.run("frontend-wrong", { image: image("frontend"), port: 3000, env: { ...frontendEnv, CLIENT_SECRET: wrong } });
    const answer = await eventually(
      () => ask("frontend-wrong", "/health/ready"),
      ({ body }) => String(body.reason).includes("401"),
    );
    expect(answer.body.reason).toContain("initialising: logging in: auth at auth:8081: /token answered 401");
    expect(JSON.stringify(answer) + (await network.logs("frontend-wrong"))).not.toContain(wrong);
  });

  test("an application without its settings names all that are missing and exits with 1", async () => {
    await network.run("auth-empty", { image: image("auth"), env: { PORT: "http" } });
    expect(await network.exitCode("auth-empty")).toBe(1);
    const log = await network.logs("auth-empty");
    for (const name of ["PORT", "DATABASE_URL", "REDIS_URL", "SESSION_SECRET", "CLIENT_SECRET", "PUBLIC_URL"]) {
      expect(log).toContain(name);
    }
  });
});

describe("the end", () => {
  test.each(Object.keys(healthPaths) as Service[])("%s closes on SIGTERM and exits with 0", async (service) => {
    // After these seconds the engine kills, and the exit code is 137.
    await network.container(service).stop({ t: 5 });
    const { State, Config } = await network.container(service).inspect();
    expect(State.ExitCode).toBe(0);
    expect(Config.User).toBe("node");
  });

  test("no log has a secret in it, and every line is one JSON object", async () => {
    for (const service of Object.keys(healthPaths)) {
      const log = await network.logs(service);
      for (const secret of Object.values(secrets)) expect(log).not.toContain(secret);
      for (const line of log.trim().split("\n")) {
        expect(JSON.parse(line)).toMatchObject({ service, msg: expect.any(String) as string });
      }
    }
  });
});
