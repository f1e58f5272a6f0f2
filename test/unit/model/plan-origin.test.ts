import { describe, expect, test } from "vitest";
import { parseProfile, resolvePlan, type Profile, type StackDeclaration } from "phasegate";
import { PhasegateError } from "../../../lib/core/errors.ts";
import type { Json } from "../../../lib/core/json.ts";
import type { Origin } from "../../../lib/model/plan-origin.ts";
import { planOrigins } from "../../../lib/model/plan-origin.ts";
import type { PlanPath } from "../../../lib/model/plan-path.ts";
import { pathText } from "../../../lib/model/plan-path.ts";
import type { ProjectSources } from "../../../lib/model/sources.ts";
import { differences, isRecord, valueAt } from "../../../lib/review/differences.ts";
import { netra } from "../../../stacks/netra.ts";
import { leaves, otherValues, replaced } from "../../support/perturbed.ts";

const profile = parseProfile("dev", {
  declaration: "netra",
  environment: "development",
  startupTimeoutMultiplier: 1.5,
  healthCheckInterval: "30s",
  validationLevel: "productionSimulation",
  portBase: 15_000,
  otlpEndpoint: "http://collector:4318",
  images: {},
});

// Of every kind of place one that says something and one that leaves it to the default.
const { postgres, redis, backend, migrations } = netra.services;
if (postgres === undefined || redis === undefined || backend === undefined || migrations === undefined)
  throw new Error("netra is another");
const declaration: StackDeclaration = {
  ...netra,
  services: {
    ...netra.services,
    migrations: {
      ...migrations,
      runs: "everyUp",
      schedule: "0 3 * * *",
      missed: "skip",
    },
    postgres: {
      ...postgres,
      ...{ grace: "9s", successThreshold: 2, failureThreshold: 3, minReady: "2s", timeout: "90s" },
      supervision: { intensity: { restarts: 3, within: "30m" }, successThreshold: 2 },
      mounts: {
        "/etc/pg.conf": { hostFile: "ops/pg.conf" },
        "/etc/copied.conf": { file: "ops/backend.conf", executable: true },
        "/dump": { hostFolder: "dump", writable: true },
        "/scratch": { tmpfs: { size: "64mb", mode: "1777" } },
        "/shared": { volume: "shared", readOnly: true },
        "/others": { externalVolume: "others" },
      },
      externalNetworks: ["proxy"],
      ports: {
        metrics: { container: 9187, publish: 187 },
        replica: { container: 5433, protocol: "udp", host: { address: "127.0.0.2", port: 5433 } },
        inner: { container: 5434 },
      },
    },
    redis: {
      ...redis,
      command: ["redis-server", "/etc/redis.conf"],
      cadence: { max: "2s", jitter: 0.5 },
      failFast: true,
      resources: {
        ...{ cpus: 1.5, pids: 100, memory: "128mb", memoryReservation: "32mb", shmSize: "16mb" },
        ulimits: { nofile: 1024, nproc: { soft: 100, hard: 200 } },
      },
      networks: ["default", "inner"],
      supervision: { interval: "20s", slow: { window: "20m", baseline: "12h", factor: 2 } },
    },
    backend: {
      ...backend,
      envFile: ["backend.env"],
      env: {
        ...backend.env,
        PROXY: { passThrough: "HTTP_PROXY" },
        ZONE: { passThrough: "TZ", required: true },
        METRICS_URL: { urlOf: "postgres", port: "metrics", scheme: "http" },
      },
      tls: {
        serverName: "backend.internal",
        key: { secret: "proberKey" },
        certificate: { secret: "proberCertificate" },
      },
      ...{ runAs: "app:app", workingDir: "/srv", stopSignal: "SIGQUIT", hostname: "back", readOnly: false },
      ...{ aliases: ["back_end"], extraHosts: { "db.example": "10.0.0.2" }, labels: { team: "shop" } },
      dns: { servers: ["10.0.0.2"], search: ["example"], options: ["ndots:2"] },
      capabilities: { add: ["KILL"], drop: ["all"] },
      devices: { "/dev/fuse": "/dev/fuse", "/dev/a": { host: "/dev/b", permissions: "rw" } },
      ...{ securityOptions: ["seccomp=unconfined"], gpus: "all", sysctls: { "net.core.somaxconn": 1024 } },
      logging: { maxSize: "20mb", options: { tag: "back" } },
      healthcheck: { command: ["CMD", "true"], interval: "3s", timeout: "4s", retries: 3, startPeriod: "1s" },
      validations: {
        integrationValidated: {
          ...backend.validations?.["integrationValidated"],
          writes: {
            kind: "http",
            method: "POST",
            path: "/write",
            headers: { token: ["a", { secret: "writeToken" }] },
            body: { a: 1 },
            https: { serverName: "backend.internal" },
            status: [200, 201],
            json: { ok: true },
            timeout: "3s",
            level: "basic",
            mutates: true,
            whenFailing: "report",
          },
        },
      },
    },
  },
  failureHandling: {
    ...netra.failureHandling,
    onDependencyChange: "restart",
    backoff: { initial: "2s", multiplier: 2, max: "30s" },
  },
  alerting: {
    sinks: [
      { kind: "alertmanager", url: "http://alertmanager:9093", token: { secret: "alertToken" } },
      {
        ...{
          kind: "webhook",
          name: "pager",
          url: { secret: "pagerUrl" },
          signingKey: { secret: "pagerKey" },
        },
        environments: ["development", "production"],
      },
    ],
    after: "1m",
  },
  metrics: { token: { secret: "metricsToken" }, publish: 900 },
  registries: {
    "registry.example.com": {
      username: { secret: "registryUser" },
      password: { secret: "registryPassword" },
    },
  },
  supervision: { failureThreshold: 5, slow: { window: "15m", baseline: "24h", factor: 3 } },
};
const sources: ProjectSources = {
  files: { "ops/backend.conf": { sha256: "1" }, "ops/backend.confx": { sha256: "2" } },
  contexts: Object.fromEntries(
    ["services/auth run.Dockerfile", "services/authx run.Dockerfile", "services/auth run.Dockerfilex"].map(
      (key) => [key, { sha256: key }],
    ),
  ),
  envFiles: {
    "backend.env": { variables: { MODE: "fast" }, problems: [] },
    x: { variables: { MODE: "slow" }, problems: [] },
  },
};
const plan = resolvePlan(declaration, profile, "dev", sources);

describe("where the values of a plan come from", () => {
  test("is known of every one", () => {
    for (const path of leaves(plan as Json)) expect(planOrigins(path, declaration, profile)).not.toEqual([]);
  });

  test(
    "changing a value of the declaration changes what is said to come from it, and nothing else",
    { timeout: 60_000 },
    () => {
      const { parity: _, ...resolved } = declaration;
      const declared = resolved as unknown as Json;
      const hangTogether: string[] = [];
      // One place that lets a secret be generated counts for all: alone it changes no text that names the secret.
      const values = leaves(declared).filter(
        (path) => !isRecord(valueAt(declared, path)) && path.at(-1) !== "generate",
      );
      for (const path of values) {
        const other = firstAccepted(declared, path);
        if (other === undefined) hangTogether.push(pathText(path));
        else expectChange({ from: "declaration", at: path }, other, profile);
      }
      // Names of services, phases, validations and protocols, and a list of objects: one alone cannot be another.
      const names =
        /^(environments|alerting\.sinks|phases\.\w+\.(services|dependsOn|validation)|needs\.\w+|services\.\w+\.(kind|env\.\w+\.(urlOf|port)|validations\.\w+\.\w+\.(kind|method)))$/;
      expect(hangTogether.filter((path) => !names.test(path))).toEqual([]);
      expect(hangTogether.length).toBeLessThan(values.length / 3);
    },
  );

  test("changing whom a service needs changes its needs", () => {
    const other = { ...declaration, needs: { ...declaration.needs, backend: ["postgres"] } };
    expect(changedPaths(declaration, other).sort()).toEqual([
      "phases.applicationServices.edges",
      "services.backend.needs.auth",
      "services.backend.needs.clickhouse",
      "services.backend.needs.redis",
    ]);
    expect(planOrigins(["services", "redis", "needs"], declaration, profile)).toEqual([
      { from: "default", at: "needs" },
    ]);
  });

  test("changing the policy of one edge changes nothing else", () => {
    const needs = { ...declaration.needs, auth: { postgres: "ignore", redis: "restart" } } as const;
    const other = { ...declaration, needs };
    expect(changedPaths(declaration, other)).toEqual(["services.auth.needs.postgres"]);
    expect(planOrigins(["services", "auth", "needs", "postgres"], other, profile)).toEqual([
      { from: "declaration", at: "needs.auth.postgres" },
    ]);
    expect(planOrigins(["services", "auth", "needs", "redis"], declaration, profile)).toEqual([
      { from: "declaration", at: "needs.auth" },
      { from: "declaration", at: "failureHandling.onDependencyChange" },
    ]);
  });

  test("a job's edges have no policy but their own", () => {
    expect(planOrigins(["services", "migrations", "needs", "postgres"], declaration, profile)).toEqual([
      { from: "declaration", at: "needs.migrations" },
      { from: "declaration", at: "services.migrations.kind" },
    ]);
    const needs = { ...declaration.needs, migrations: { postgres: "restart" } } as const;
    const other = { ...declaration, needs };
    expect(changedPaths(declaration, other)).toEqual(["services.migrations.needs.postgres"]);
    expect(planOrigins(["services", "migrations", "needs", "postgres"], other, profile)).toEqual([
      { from: "declaration", at: "needs.migrations.postgres" },
    ]);
  });

  test("how a service is watched comes from itself, its stack, its environment or a default, part by part", () => {
    const of = (service: string, ...path: string[]) =>
      planOrigins(["services", service, "supervision", ...path], declaration, profile);
    expect(of("redis", "interval")).toEqual([
      { from: "declaration", at: "services.redis.supervision.interval" },
    ]);
    expect(of("auth", "interval")).toEqual([{ from: "profile", at: "healthCheckInterval" }]);
    expect(of("redis", "failureThreshold")).toEqual([
      { from: "declaration", at: "supervision.failureThreshold" },
    ]);
    expect(of("redis", "slow", "factor")).toEqual([
      { from: "declaration", at: "services.redis.supervision.slow.factor" },
    ]);
    expect(of("auth", "slow")).toEqual([{ from: "declaration", at: "supervision.slow" }]);
    expect(of("auth", "intensity", "within")).toEqual([
      { from: "default", at: "supervision.intensity.within" },
    ]);
    const silent = { ...declaration.services["redis"], supervision: { interval: "20s", slow: false } };
    const other = {
      ...declaration,
      services: { ...declaration.services, redis: silent },
    } as unknown as StackDeclaration;
    expect(changedPaths(declaration, other)).toEqual(["services.redis.supervision.slow"]);
    expect(planOrigins(["services", "redis", "supervision", "slow"], other, profile)).toEqual([
      { from: "declaration", at: "services.redis.supervision.slow" },
    ]);
  });

  test("moving a service to another phase changes its phase, and what it has from its phase", () => {
    const { infrastructure: first, frontendServices: last, ...between } = declaration.phases;
    if (first === undefined || last === undefined) throw new Error("netra is another");
    const base = { ...declaration, needs: {} };
    const moved = {
      ...base,
      phases: {
        infrastructure: { ...first, services: first.services.filter((name) => name !== "migrations") },
        ...between,
        frontendServices: { ...last, services: [...last.services, "migrations"] },
      },
    };
    expect(changedPaths(base, moved).sort()).toEqual([
      "phases.frontendServices.services",
      "phases.infrastructure.services",
      "services.migrations.phase",
      "services.migrations.readiness.budget",
      "services.migrations.readiness.validation",
    ]);
    expect(planOrigins(["services", "migrations", "phase"], moved, profile)).toEqual([
      { from: "declaration", at: "phases.frontendServices.services" },
    ]);
    expect(planOrigins(["services", "migrations", "readiness", "validation"], moved, profile)).toEqual([
      { from: "declaration", at: "phases.frontendServices.validation" },
    ]);
  });

  test.for<[string, Partial<Profile>]>([
    ["environment", { environment: "test" }],
    ["startupTimeoutMultiplier", { startupTimeoutMultiplier: 7 }],
    ["healthCheckInterval", { healthCheckInterval: "7s" }],
    ["validationLevel", { validationLevel: "production" }],
    ["portBase", { portBase: 20_000 }],
    ["otlpEndpoint", { otlpEndpoint: "http://another:4318" }],
    ["images.auth", { images: { auth: "auth:7" } }],
    ["declaration", { declaration: "another" }],
  ])("changing %s of the profile changes what is said to come from it, and nothing else", ([key, change]) => {
    expectChange({ from: "profile", at: key.split(".") }, declaration, { ...profile, ...change });
  });

  test("a place that no rule knows is a bug", () => {
    expect(() => planOrigins(["colour"], declaration, profile)).toThrow("no rule says where colour");
  });
});

function changedPaths(before: StackDeclaration, after: StackDeclaration): string[] {
  const plans = [before, after].map((one) => resolvePlan(one, profile, "dev", sources) as Json);
  return differences(plans).map(({ path }) => pathText(path));
}

interface Cause {
  readonly from: "declaration" | "profile";
  readonly at: PlanPath;
}

const isWithin = ({ from, at }: Cause, origin: Origin): boolean => {
  const place = pathText(at);
  return (
    origin.from === from &&
    (origin.at === place || place.startsWith(`${origin.at}.`) || place.startsWith(`${origin.at}[`))
  );
};

const places = leaves(plan as Json).map((path) => ({
  path,
  origins: planOrigins(path, declaration, profile),
}));

/** The plan of another declaration or profile differs at exactly the places that are said to come from the cause. */
function expectChange(cause: Cause, other: StackDeclaration, otherProfile: Profile): void {
  const found = differences([plan as Json, resolvePlan(other, otherProfile, "dev", sources) as Json]);
  const unexplained = found.filter(
    ({ path }) => !planOrigins(path, other, otherProfile).some((origin) => isWithin(cause, origin)),
  );
  expect(
    unexplained.map(({ path }) => pathText(path)),
    `changed by ${pathText(cause.at)}`,
  ).toEqual([]);
  const changed = new Set(found.map(({ path }) => pathText(path)));
  const unchanged = places.filter(
    ({ path, origins }) =>
      origins.some((origin) => isWithin(cause, origin)) &&
      !isMadeOfNames(path) &&
      // A URL says whether TLS is spoken, and not how.
      !(cause.at.includes("tls") && path.includes("env")) &&
      !path.some((_, i) => changed.has(pathText(path.slice(0, i + 1)))),
  );
  expect(
    unchanged.map(({ path }) => pathText(path)),
    `not changed by ${pathText(cause.at)}`,
  ).toEqual([]);
}

/**
 * The host is the service's name, an edge names services and probes, networks are a set, and a secret may be named in
 * several places: one value more or less may change nothing.
 */
function isMadeOfNames(path: PlanPath): boolean {
  return ["host", "edges", "networks", "generate"].includes(path.at(-1) ?? "");
}

/** The declaration with the first other value at a path that it can be resolved with. */
function firstAccepted(declared: Json, path: PlanPath): StackDeclaration | undefined {
  for (const other of otherValues(valueAt(declared, path))) {
    const changed = replaced(declared, path, other) as unknown as StackDeclaration;
    try {
      resolvePlan(changed, profile, "dev", sources);
      return changed;
    } catch (error) {
      if (!(error instanceof PhasegateError)) throw error;
    }
  }
  return undefined;
}
