/** Systems in which a plain health check answers before what it checks works, each with a client that is behind it. */
import type { Duration, LifecyclePlan, StackDeclaration } from "phasegate";
import { bundle, connections, get, httpService, postgres, resolvePlan, secret, sql, urlOf } from "phasegate";
import { benchProfile, startedOnce } from "../bench-profile.ts";
import type { Random } from "../../lib/core/clock.ts";

/** The services that are called; the client of each is named for it. */
export const systemNames = ["orders", "database", "openDatabase"] as const;
export type SystemName = (typeof systemNames)[number];
export const clientOf = (system: SystemName) => `${system}Client` as const;

/** What each system is, in words. */
export const systemTitles: Readonly<Record<SystemName, string>> = {
  orders: "an HTTP service whose /health answers at once",
  database: "PostgreSQL, initialised by a server on the Unix socket",
  openDatabase: "PostgreSQL, initialised by a server that the network reaches",
};

/** How long after its beginning each works, as it is drawn for one start: the service, and the databases' scripts. Milliseconds. */
export type Draws = Readonly<Record<SystemName, number>>;

const [leastMs, mostMs] = [500, 2000];

export function drawOf(random: Random): Draws {
  const one = () => Math.round(leastMs + random() * (mostMs - leastMs));
  return { orders: one(), database: one(), openDatabase: one() };
}

/** What the engine's health checks ask: what most teams' do, or by hand what the clients will need. */
export type Checks = "plain" | "business";

const account = { database: "app", user: "app", password: secret("databasePassword") } as const;
/** No secret of anybody's: the stack has no port on the machine, and is gone after the measurement. */
export const secrets = { databasePassword: "kept-by-nobody" } as const;

/** What is declared differently for one contender or another. */
export interface Variant {
  /** The engine's health checks. Undefined: what phasegate has it check by default, which no gate here waits for. */
  readonly checks?: Checks;
  /** How long the database must stay ready whose initialising server the network reaches. Default: not at all. */
  readonly minReady?: Duration;
}

export function falseReadiness(draws: Draws, { checks, minReady }: Variant): StackDeclaration {
  const healthcheck = (system: SystemName) =>
    checks && {
      healthcheck: { command: healthCommands[system][checks], interval: "1s", retries: 60 } as const,
    };
  const database = (system: "database" | "openDatabase") =>
    postgres({
      image: "postgres:17",
      ...account,
      command: ["sh", "-c", databaseCommand(draws[system], system === "openDatabase")],
      ...healthcheck(system),
      ...(system === "openDatabase" && minReady !== undefined && { minReady }),
      validations: {
        ready: {
          hasOrders: sql("SELECT id FROM orders LIMIT 1", { rows: { atLeast: 1 }, level: "basic" }),
          poolFits: connections(5, { level: "basic" }),
        },
      },
    });
  return {
    name: "early",
    environments: ["test"],
    services: {
      orders: httpService({
        image: bundle("bench/false-readiness/late-service.ts"),
        port: 8080,
        env: { LATE_MS: String(draws.orders) },
        ...healthcheck("orders"),
        validations: { ready: { takesOrders: get("/orders", { json: { ready: true }, level: "basic" }) } },
      }),
      database: database("database"),
      openDatabase: database("openDatabase"),
      ordersClient: client("orders"),
      databaseClient: client("database"),
      openDatabaseClient: client("openDatabase"),
    },
    // Each system has phases of its own: none waits for another.
    phases: Object.fromEntries(
      systemNames.flatMap((system): [string, StackDeclaration["phases"][string]][] => [
        [system, { ...phase(`What is needed: ${system}`), services: [system] }],
        [
          `${system}Clients`,
          { ...phase(`Who needs ${system}`), services: [clientOf(system)], dependsOn: [system] },
        ],
      ]),
    ),
    needs: Object.fromEntries(systemNames.map((system) => [clientOf(system), [system]])),
    failureHandling: startedOnce,
  };
}

const phase = (title: string) => ({ title, validation: "ready", timeout: "120s" }) as const;

function client(system: SystemName) {
  return httpService({
    image: bundle("bench/false-readiness/client.ts"),
    port: 8080,
    env: { CALLS: urlOf(system) },
    validations: { ready: { answers: get("/", { level: "basic" }) } },
  });
}

/** What the last script of a database writes: the next server that is ready is the one that stays. */
export const initialised = "all scripts are done";

/**
 * Has the image's entrypoint run a script that takes a while, and makes at its end what the client needs. The server that runs it
 * is stopped, and another one started. Until 2018 the official image's could be reached over the machine's own address; where it is to
 * be reached by all, as in images that teams make, it is restarted so by a first script.
 */
function databaseCommand(lateMs: number, open: boolean): string {
  const folder = "/docker-entrypoint-initdb.d";
  const seed = `SELECT pg_sleep(${lateMs / 1000}); CREATE TABLE orders AS SELECT generate_series(1, 10) AS id;`;
  const where = `"$(psql --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" -Atc "SHOW data_directory")"`;
  const listen = `pg_ctl --pgdata=${where} --options="-c listen_addresses=*" --wait --silent restart`;
  return [
    `mkdir -p ${folder}`,
    ...(open ? [`printf '%s\\n' '${listen}' > ${folder}/10-listen.sh`] : []),
    `printf '%s\\n' '${seed}' '\\echo ${initialised}' > ${folder}/20-orders.sql`,
    'exec "$(command -v docker-entrypoint.sh)" postgres',
  ].join(" && ");
}

const asks = (path: string) =>
  [
    "CMD",
    "bash",
    "-c",
    `exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET ${path} HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`,
  ] as const;
const queries = [
  "CMD",
  "sh",
  "-c",
  'PGPASSWORD="$POSTGRES_PASSWORD" psql -h 127.0.0.1 -U app -d app -c "SELECT id FROM orders LIMIT 1"',
] as const;

const healthCommands: Readonly<Record<SystemName, Readonly<Record<Checks, readonly [string, ...string[]]>>>> =
  {
    orders: { plain: asks("/health"), business: asks("/orders") },
    database: { plain: ["CMD", "pg_isready", "-U", "app", "-d", "app"], business: queries },
    openDatabase: {
      plain: ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app"],
      business: queries,
    },
  };

/** What the health checks ask, in words, for the tables. */
export const checkTitles: Readonly<Record<SystemName, Readonly<Record<Checks, string>>>> = {
  orders: { plain: "`GET /health`", business: "`GET /orders`" },
  database: { plain: "`pg_isready`", business: "`psql -h 127.0.0.1`, the client's query" },
  openDatabase: { plain: "`pg_isready -h 127.0.0.1`", business: "`psql -h 127.0.0.1`, the client's query" },
};

export function falseReadinessPlan(draws: Draws, stack: string, variant: Variant = {}): LifecyclePlan {
  const profile = benchProfile(stack, { declaration: "early" });
  return resolvePlan(falseReadiness(draws, variant), profile, stack);
}
