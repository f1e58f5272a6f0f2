import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { Client } from "pg";
import { bundleReference, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { type TrialNetwork, createTrialNetwork } from "./trial-network.ts";

export const secrets = {
  postgres: "trial-postgres-password",
  redis: "trial-redis-password",
  clickhouse: "trial-clickhouse-password",
  session: "trial-session-secret-of-enough-length",
  client: "trial-client-secret-of-enough-length-",
};

export const databaseUrl = (password = secrets.postgres) =>
  `postgres://netra:${password}@postgres:5432/netra`;
export const redisUrl = (password = secrets.redis) => `redis://:${password}@redis:6379`;
export const clickhouseUrl = (password = secrets.clickhouse) =>
  `http://netra:${password}@clickhouse:8123/netra`;

/** The settings with which each application works. */
export const settings = {
  migrations: { DATABASE_URL: databaseUrl() },
  auth: {
    DATABASE_URL: databaseUrl(),
    REDIS_URL: redisUrl(),
    SESSION_SECRET: secrets.session,
    CLIENT_SECRET: secrets.client,
    PUBLIC_URL: "http://auth:8081",
  },
  backend: {
    DATABASE_URL: databaseUrl(),
    REDIS_URL: redisUrl(),
    CLICKHOUSE_URL: clickhouseUrl(),
    AUTH_URL: "http://auth:8081",
  },
  frontend: {
    BACKEND_URL: "http://backend:8000",
    AUTH_URL: "http://auth:8081",
    CLIENT_ID: "frontend",
    CLIENT_SECRET: secrets.client,
  },
};

/** Every health path that an application has, beside the early /health. */
export const healthPaths = {
  auth: ["database", "redis", "oauth", "jwt", "config", "ready", "complete"],
  backend: ["database", "redis", "clickhouse", "auth", "agents", "websocket", "ready", "complete"],
  frontend: ["backend", "auth", "ready", "complete"],
} as const;

export type Service = keyof typeof healthPaths;
export const services = Object.keys(healthPaths) as Service[];
const ports = { auth: 8081, backend: 8000, frontend: 3000, migrations: undefined };

export type Answer = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
};

/** The applications and their databases in containers, on a network of their own. */
export type TrialStack = TrialNetwork & {
  startDatabases(): Promise<void>;
  /** Starts an application, under its own name if no other is given. */
  startApplication(
    application: keyof typeof settings,
    options?: { readonly name?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<void>;
  ask(name: string, path: string, init?: RequestInit): Promise<Answer>;
  /** Asks until the answer is as wanted, and returns the last answer either way: the assertion shows what it was. */
  askUntil(name: string, path: string, wanted: (answer: Answer) => boolean): Promise<Answer>;
  becomesReady(service: Service): Promise<Answer>;
  onPostgres(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
};

const root = resolve(import.meta.dirname, "../..");
const askingMs = 60_000;

export async function createTrialStack(): Promise<TrialStack> {
  const docker = new Docker();
  const silent = () => undefined;
  const network = await createTrialNetwork(docker);

  async function ask(name: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`http://${await network.address(name)}${path}`, init);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }

  const askUntil: TrialStack["askUntil"] = async (name, path, wanted) => {
    const deadlineMs = performance.now() + askingMs;
    for (;;) {
      const answer = await ask(name, path).catch((error: unknown) => ({
        status: 0,
        body: { reason: String(error) },
      }));
      if (wanted(answer) || performance.now() > deadlineMs) return answer;
      await sleep(200);
    }
  };

  async function startDatabase(
    name: string,
    reference: string,
    port: number,
    env: Readonly<Record<string, string>>,
    command?: readonly string[],
  ) {
    const { reference: image } = await prepareImage(docker, reference, silent);
    await network.run(name, { image, port, env, ...(command === undefined ? {} : { command }) });
  }

  return {
    ...network,
    async startDatabases() {
      await startDatabase("postgres", "postgres:17", 5432, {
        POSTGRES_USER: "netra",
        POSTGRES_PASSWORD: secrets.postgres,
        POSTGRES_DB: "netra",
      });
      await startDatabase("redis", "redis:7", 6379, {}, ["redis-server", "--requirepass", secrets.redis]);
      await startDatabase("clickhouse", "clickhouse/clickhouse-server:24", 8123, {
        CLICKHOUSE_USER: "netra",
        CLICKHOUSE_PASSWORD: secrets.clickhouse,
        CLICKHOUSE_DB: "netra",
      });
    },
    async startApplication(application, { name = application, env = {} } = {}) {
      const entry = `services/${application}/main.ts`;
      const { reference } = await prepareBundle(
        docker,
        root,
        entry,
        await bundleReference(root, entry),
        silent,
      );
      const port = ports[application];
      await network.run(name, {
        image: reference,
        env: { ...settings[application], ...env },
        ...(port === undefined ? {} : { port }),
      });
    },
    ask,
    askUntil,
    becomesReady: (service) => askUntil(service, "/health/ready", ({ status }) => status === 200),
    async onPostgres(sql) {
      const client = new Client(
        `postgres://netra:${secrets.postgres}@${await network.address("postgres")}/netra`,
      );
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

/** A request as a client sends it that means JSON, even when there is nothing to say. */
export const post = (body = "", headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body,
});
