/**
 * The three races of the document, each twice: with gates that ask no more than the engine's health check, which is
 * what Compose's `condition: service_healthy` waits for, and with gates that ask what the client will need.
 */
import {
  bundle,
  connections,
  defineStack,
  engineHealthy,
  get,
  httpService,
  postgres,
  redis,
  ping,
  secret,
  urlOf,
  webSocket,
} from "phasegate";

export type Gates = "health" | "business";
const environments = ["test"] as const;
const failureHandling = { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" } as const;
/** How long after the engine calls them healthy the services really work. */
const lateMs = 4000;

/** #1: the database's container is healthy while its cluster is still being made. */
export function databaseRace(gates: Gates) {
  // As in the official image, what initialises the cluster talks to a server on the local socket alone.
  const prepare = `mkdir -p /docker-entrypoint-initdb.d && echo "SELECT pg_sleep(${lateMs / 1000});" > /docker-entrypoint-initdb.d/seed.sql`;
  return defineStack({
    name: "race",
    environments,
    failureHandling,
    services: {
      database: postgres({
        image: "postgres:17",
        database: "app",
        password: secret("password"),
        command: [
          "sh",
          "-c",
          `${prepare} && exec "$(command -v docker-entrypoint.sh || echo /entrypoint.sh)" postgres`,
        ],
        healthcheck: { command: ["CMD", "pg_isready", "--quiet"], interval: "1s", retries: 60 },
        validations: {
          ready: {
            proven:
              gates === "health" ? engineHealthy({ level: "basic" }) : connections(5, { level: "basic" }),
          },
        },
      }),
      client: client("database", { DEPENDENCY: urlOf("database") }),
    },
    phases: phases("database"),
    needs: { client: ["database"] },
  });
}

/** #2: auth's container is healthy while its OAuth providers are still being initialised. */
export function authRace(gates: Gates) {
  return defineStack({
    name: "race",
    environments,
    failureHandling,
    services: {
      auth: late(
        gates === "health"
          ? engineHealthy({ level: "basic" })
          : get("/oauth", { json: { ready: true }, level: "basic" }),
      ),
      client: client("auth", { DEPENDENCY: urlOf("auth") }),
    },
    phases: phases("auth"),
    needs: { client: ["auth"] },
  });
}

/** #3: the backend's container is healthy while its WebSocket manager does not take connections yet. */
export function websocketRace(gates: Gates) {
  return defineStack({
    name: "race",
    environments,
    failureHandling,
    services: {
      backend: late(
        gates === "health"
          ? engineHealthy({ level: "basic" })
          : webSocket("/ws", { send: "ping", expect: "pong", level: "basic" }),
      ),
      client: client("websocket", { DEPENDENCY: "ws://backend:8080/ws" }),
    },
    phases: phases("backend"),
    needs: { client: ["backend"] },
  });
}

/**
 * #2 again, its other half: Redis answers whoever asks from its own network, and not where the client will be. It is on
 * both networks, and listens on one.
 */
export function placeRace(listens: "one network" | "everywhere") {
  // Its own name resolves as it does for the coordinator, which is on both networks: to its address on the first.
  const address = listens === "everywhere" ? "0.0.0.0" : '"$(getent hosts cache | cut -d" " -f1)"';
  return defineStack({
    name: "race",
    environments,
    failureHandling,
    services: {
      cache: redis({
        image: "redis:7",
        password: secret("password"),
        maxMemory: "64mb",
        networks: ["data", "web"],
        command: ["sh", "-c", `exec redis-server /usr/local/etc/redis/redis.conf --bind ${address}`],
        validations: { ready: { pings: ping({ level: "basic" }) } },
      }),
      client: { ...client("nothing", {}), networks: ["web"] },
    },
    phases: { ...phases("cache"), clients: { ...phases("cache").clients, edgeTimeout: "2s" } },
    needs: { client: ["cache"] },
  });
}

function late(proven: ReturnType<typeof engineHealthy | typeof get | typeof webSocket>) {
  return httpService({
    image: bundle("test/e2e/races/late-service.ts"),
    port: 8080,
    env: { LATE_MS: String(lateMs) },
    healthcheck: {
      command: [
        "CMD",
        "node",
        "-e",
        'fetch("http://127.0.0.1:8080/health").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))',
      ],
      interval: "1s",
      retries: 60,
    },
    validations: { ready: { proven } },
  });
}

function client<const E extends Readonly<Record<string, string | ReturnType<typeof urlOf>>>>(
  use: string,
  env: E,
) {
  return httpService({
    image: bundle("test/e2e/races/eager-client.ts"),
    port: 8080,
    env: { USE: use, ...env },
    validations: { ready: { works: get("/", { json: { works: true }, level: "basic" }) } },
  });
}

function phases<const S extends string>(service: S) {
  return {
    dependencies: { title: "What is needed", services: [service], validation: "ready", timeout: "40s" },
    clients: {
      title: "Who needs it",
      services: ["client"],
      dependsOn: ["dependencies"],
      validation: "ready",
      timeout: "5s",
    },
  } as const;
}
