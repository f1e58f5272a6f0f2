import { describe, expect, test } from "vitest";
import {
  all,
  any,
  bundle,
  completed,
  custom,
  defineStack,
  exec,
  get,
  httpService,
  job,
  logLine,
  not,
  parseProfile,
  ping,
  postgres,
  redis,
  resolvePlan,
  running,
  secret,
  service,
  sql,
  tcp,
  urlOf,
  type StackDeclaration,
  type ValidationLevel,
} from "phasegate";
import type { JobRuns } from "../../../lib/model/job.ts";
import { PhasegateError } from "../../../lib/core/errors.ts";
import type { Service } from "../../../lib/model/service.ts";

const profile = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15000,
  images: {},
});

const shop = defineStack({
  name: "shop",
  environments: ["development"],
  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "shop",
      password: secret("postgresPassword"),
      validations: { connectivity: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),
    migrations: job({ image: bundle("migrations/main.ts"), env: { DATABASE_URL: urlOf("postgres") } }),
    api: httpService({
      image: "shop/api:1",
      port: 8080,
      publish: 80,
      env: { DATABASE_URL: urlOf("postgres"), MODE: "fast" },
      validations: { connectivity: { ready: get("/ready", { level: "basic" }) } },
    }),
  },
  phases: {
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["data"],
      validation: "connectivity",
      timeout: "20s",
    },
    data: { title: "Data", services: ["postgres", "migrations"], validation: "connectivity", timeout: "61s" },
  },
  needs: { api: ["postgres"] },
  failureHandling: {
    maxRetries: 2,
    backoff: { multiplier: 2, max: "10s" },
    onDependencyChange: "revalidate",
    grace: "7s",
  },
});

const plan = resolvePlan(shop, profile, "dev");

describe("resolvePlan", () => {
  test("puts every phase after those it depends on, however they are written", () => {
    expect(Object.keys(plan.phases)).toEqual(["data", "application"]);
  });

  test("applies the environment's multiplier once", () => {
    expect(plan.phases["data"]).toMatchObject({ timeout: "61s", budget: "91.5s" });
    expect(plan.services["api"]?.readiness.budget).toBe("30s");
  });

  test("keeps secrets as references, encoded where they stand in a URL", () => {
    expect(plan.services["postgres"]?.env?.["POSTGRES_PASSWORD"]).toEqual([{ secret: "postgresPassword" }]);
    expect(plan.services["api"]?.env).toEqual({
      DATABASE_URL: [
        "postgres://shop:",
        { secret: "postgresPassword", encode: "uri" },
        "@postgres:5432/shop",
      ],
      MODE: "fast",
    });
    expect(plan.secrets).toEqual({ postgresPassword: { generate: false } });
  });

  test("says once which secrets may be generated: one place that allows it counts for all", () => {
    const { api } = shop.services;
    if (api === undefined) throw new Error("the shop is another");
    const env = {
      ...api.env,
      TOKEN: secret("token", { generate: true }),
      SAME: secret("token"),
      KEY: secret("key"),
    };
    const resolved = resolvePlan(
      { ...shop, services: { ...shop.services, api: { ...api, env } } },
      profile,
      "dev",
    );
    expect(resolved.secrets).toEqual({
      key: { generate: false },
      postgresPassword: { generate: false },
      token: { generate: true },
    });
    expect(resolved.services["api"]?.env?.["TOKEN"]).toEqual([{ secret: "token" }]);
  });

  test("asks of a job that it completes, at every level", () => {
    expect(plan.services["migrations"]?.readiness.probes).toEqual({
      completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false },
    });
  });

  test("asks of a job that it completes as its validation says, at every level, and the rest by level", () => {
    const migrations = job({
      image: "migrations:1",
      validations: { connectivity: { skipped: completed({ exitCode: 3 }), wrote: logLine(/done/) } },
    });
    const services = { ...shop.services, migrations };
    const { probes } =
      resolvePlan({ ...shop, services }, profile, "dev").services["migrations"]?.readiness ?? {};
    expect(probes).toEqual({
      skipped: { kind: "completed", exitCode: 3, timeout: "5s", level: "basic", mutates: false },
      wrote: {
        kind: "log-line",
        pattern: { source: "done", flags: "" },
        timeout: "5s",
        level: "comprehensive",
        mutates: false,
      },
    });
  });

  test("names the secrets of a custom probe, wherever it stands", () => {
    const api = httpService({
      image: "shop/api:1",
      port: 8080,
      validations: {
        connectivity: {
          ready: get("/ready", { level: "basic" }),
          queue: not(custom("probes/queue.ts", { secrets: { token: secret("queueToken") } })),
        },
      },
    });
    const { secrets } = resolvePlan({ ...shop, services: { ...shop.services, api } }, profile, "dev");
    expect(Object.keys(secrets)).toEqual(["postgresPassword", "queueToken"]);
  });

  test("publishes on loopback, from the environment's first port on", () => {
    expect(plan.services["api"]?.published).toEqual({ ip: "127.0.0.1", port: 15080, containerPort: 8080 });
    expect(plan.services["postgres"]?.published).toBeUndefined();
  });

  test("takes another image where the environment says so", () => {
    const other = resolvePlan(shop, { ...profile, images: { postgres: "postgres:16" } }, "dev");
    expect(other.services["postgres"]?.image).toEqual({ reference: "postgres:16" });
  });

  test("an edge has the policy of the stack, or its own", () => {
    const { failureHandling, ...rest } = shop;
    const { onDependencyChange: _, ...silent } = failureHandling;
    const needsOf = (needs: StackDeclaration["needs"], handling = failureHandling) =>
      resolvePlan({ ...rest, needs, failureHandling: handling }, profile, "dev").services["api"]?.needs;
    expect(needsOf({ api: ["postgres"] })).toEqual({ postgres: "revalidate" });
    expect(needsOf({ api: ["postgres"] }, silent)).toEqual({ postgres: "restart" });
    expect(needsOf({ api: { postgres: "ignore" } })).toEqual({ postgres: "ignore" });
  });

  test("an edge of a job has its own policy, or none: what it has done stays done", () => {
    const needsOf = (needs: StackDeclaration["needs"]) =>
      resolvePlan({ ...shop, needs }, profile, "dev").services["migrations"]?.needs;
    expect(needsOf({ migrations: ["postgres"] })).toEqual({ postgres: "ignore" });
    expect(needsOf({ migrations: { postgres: "restart" } })).toEqual({ postgres: "restart" });
    // What needs a job is a matter of its own.
    expect(
      resolvePlan({ ...shop, needs: { api: ["migrations"] } }, profile, "dev").services["api"]?.needs,
    ).toEqual({ migrations: "revalidate" });
  });

  test("when a job runs, and what needs one that runs at every up is not restarted for that unless its edge says so", () => {
    const withRuns = (
      runs: JobRuns | undefined,
      needs: StackDeclaration["needs"] = { api: ["migrations"] },
    ) => {
      const { migrations } = shop.services;
      const services = { ...shop.services, migrations: { ...migrations, ...(runs && { runs }) } };
      return resolvePlan({ ...shop, services, needs } as StackDeclaration, profile, "dev").services;
    };
    expect(withRuns("everyUp")).toMatchObject({
      api: { needs: { migrations: "ignore" } },
      migrations: { runs: "everyUp" },
    });
    expect(withRuns("everyUp", { api: { migrations: "restart" } })["api"]?.needs).toEqual({
      migrations: "restart",
    });
    expect(withRuns("once")).toMatchObject({
      api: { needs: { migrations: "revalidate" } },
      migrations: { runs: "once" },
    });
    for (const runs of [undefined, "whenChanged"] as const)
      expect(withRuns(runs)["migrations"]).not.toHaveProperty("runs");
    expect(() => withRuns("once", { migrations: { postgres: "restart" } })).toThrow(
      '  - needs.migrations.postgres: "restart" would run migrations again, and it runs once',
    );
  });

  test("a job's schedule, whose gate does not wait for it, unless its runs say so", () => {
    const scheduled = (times: object, needs: StackDeclaration["needs"] = {}) => {
      const services = { ...shop.services, migrations: { ...shop.services.migrations, ...times } };
      return resolvePlan({ ...shop, services, needs } as StackDeclaration, profile, "dev").services;
    };
    expect(scheduled({ schedule: "0 3 * * *" })["migrations"]).toMatchObject({
      schedule: { cron: "0 3 * * *", timeZone: "UTC", missed: "skip" },
    });
    const own = { schedule: "0 3 * * *", timeZone: "Europe/Berlin", missed: "run", startingDeadline: "1h" };
    expect(scheduled({ ...own, runs: "whenChanged" }, { api: ["migrations"] })).toMatchObject({
      api: { needs: { migrations: "ignore" } },
      migrations: {
        runs: "whenChanged",
        schedule: { cron: "0 3 * * *", timeZone: "Europe/Berlin", missed: "run", startingDeadline: "1h" },
      },
    });
    expect(scheduled({ schedule: "0 3 * * *", timeout: "5h" })["migrations"]?.readiness.budget).toBe(
      "27000s",
    );
    for (const [times, problem] of [
      [{ schedule: "0 25 * * *" }, 'schedule: "0 25 * * *" is not a schedule such as "0 3 * * *"'],
      [{ schedule: "0 0 30 2 *" }, 'schedule: "0 0 30 2 *" is not a schedule'],
      [{ schedule: "0 3 * * *", timeZone: "Mars" }, 'timeZone: "Mars" is not a time zone'],
      [{ timeZone: "UTC" }, "timeZone: means nothing without a schedule"],
      [
        { schedule: "0 3 * * *", startingDeadline: "1h" },
        'startingDeadline: means nothing where missed is not "run"',
      ],
      [{ schedule: "0 3 * * *", runs: "once" }, 'runs: "once" and a schedule contradict each other'],
    ] as const)
      expect(() => scheduled(times)).toThrow(`  - services.migrations.${problem}`);
    expect(() => scheduled({ schedule: "0 3 * * *" }, { api: ["migrations"] })).toThrow(
      "  - needs.api[0]: migrations runs by its schedule alone, so nothing can wait for it",
    );
  });

  test("how a service is watched: its own word before the stack's, that before the environment's and the defaults", () => {
    const slow = { window: "15m", baseline: "24h", factor: 3 } as const;
    const intensity = { restarts: 2, within: "1h" } as const;
    const watched = (
      supervision?: StackDeclaration["supervision"],
      own?: StackDeclaration["supervision"],
      name = "api",
    ) => {
      const service = { ...shop.services[name], ...(own && { supervision: own }) } as Service;
      const services = { ...shop.services, [name]: service };
      return resolvePlan({ ...shop, services, ...(supervision && { supervision }) }, profile, "dev").services[
        name
      ]?.supervision;
    };
    const defaults = {
      interval: "30s",
      failureThreshold: 3,
      successThreshold: 1,
      intensity: { restarts: 5, within: "10m" },
    };
    expect(watched()).toEqual(defaults);
    expect(watched({ interval: "5s", slow })).toEqual({ ...defaults, interval: "5s", slow });
    expect(watched({ interval: "5s", failureThreshold: 2, slow }, { interval: "20s", intensity })).toEqual({
      ...defaults,
      interval: "20s",
      failureThreshold: 2,
      intensity,
      slow,
    });
    // A part is taken as a whole, and what is switched off is off.
    const off = watched({ slow, intensity }, { slow: false, intensity: { restarts: 0, within: "1m" } });
    expect(off).toEqual({ ...defaults, intensity: { restarts: 0, within: "1m" } });
    expect(off).not.toHaveProperty("slow");
    expect(watched({ slow: false }, { slow })).toEqual({ ...defaults, slow });
    expect(watched({ successThreshold: 2 }, { intensity }, "migrations")).toEqual({
      ...defaults,
      successThreshold: 2,
      intensity,
    });
  });

  test("a service's own, tighter timeout is multiplied as its phase's is", () => {
    const api = { ...shop.services["api"], timeout: "10s" } as Service;
    const tighter = resolvePlan({ ...shop, services: { ...shop.services, api } }, profile, "dev");
    expect(tighter.services["api"]?.readiness.budget).toBe("15s");
    expect(tighter.phases["application"]?.budget).toBe("30s");
  });

  test("from productionSimulation on, edges between phases are proven from the dependent's side", () => {
    const edgesAt = (validationLevel: ValidationLevel) =>
      resolvePlan(
        { ...shop, needs: { api: ["postgres", "migrations"], migrations: ["postgres"] } },
        { ...profile, validationLevel },
        "dev",
      ).phases;
    expect(edgesAt("comprehensive")["application"]?.edges).toEqual([]);
    expect(edgesAt("productionSimulation")["application"]).toMatchObject({
      edges: [{ dependent: "api", needed: "postgres", probes: ["answers"] }],
      edgeBudget: "45s",
    });
    expect(edgesAt("production")["data"]?.edges).toEqual([]);
  });

  test("is pure: the same input gives the same JSON", () => {
    expect(JSON.stringify(resolvePlan(shop, profile, "dev"))).toBe(JSON.stringify(plan));
  });
});

describe("a declaration with problems", () => {
  const problemsOf = (change: Partial<StackDeclaration>, images = {}): string => {
    try {
      resolvePlan({ ...shop, ...change }, { ...profile, images }, "dev");
    } catch (error) {
      if (error instanceof PhasegateError && error.code === "PHASEGATE_DECLARATION_INVALID")
        return error.message;
      throw error;
    }
    throw new Error("the declaration was accepted");
  };
  const phase = { title: "Data", validation: "connectivity", timeout: "60s" } as const;

  test("two services that need each other's network and are on none together", () => {
    const api = { ...shop.services["api"], networks: ["edge", "Web"], timeout: "21s" } as Service;
    const message = problemsOf({ services: { ...shop.services, api } });
    expect(message).toContain("needs.api[0]: api needs postgres, and they are on no network together");
    expect(message).toContain('services.api.networks[1]: "Web" is not a name of lower-case letters');
    expect(message).toContain("services.api.timeout: 21s is longer than the 20s of its phase");
  });

  test("reports all problems together, each with its path", () => {
    const message = problemsOf(
      {
        name: "Shop!",
        phases: {
          data: { ...phase, services: ["postgres", "postgress"], timeout: "1 s" },
          application: { ...phase, services: ["api", "postgres"], dependsOn: ["dta"], validation: "deep" },
        },
        needs: { api: ["postgress"] },
      },
      { pg: "postgres:1" },
    );
    expect(message).toBe(
      [
        "the declaration Shop! has problems:",
        '  - name: "Shop!" is not a name of lower-case letters, digits and dashes that begins with a letter',
        '  - phases.data.timeout: "1 s" is not a duration such as "500ms", "15s" or "3m"',
        '  - config.images.pg: there is no service "pg"; there are postgres, migrations, api',
        '  - phases.data.services[1]: there is no service "postgress"; did you mean "postgres"?',
        '  - phases.application.dependsOn[0]: there is no phase "dta"; did you mean "data"?',
        "  - phases.application.services[1]: the service postgres is in the phase data as well",
        "  - services.migrations: the service migrations is in no phase",
        '  - services.api.validations: the phase application asks for "deep", which the service does not define; there is connectivity',
        '  - needs.api[0]: there is no service "postgress"; did you mean "postgres"?',
      ].join("\n"),
    );
  });

  test.for<[string, Partial<StackDeclaration>, string]>([
    [
      "a cycle of phases",
      {
        phases: {
          a: { ...phase, services: ["postgres", "migrations"], dependsOn: ["b"] },
          b: { ...phase, services: ["api"], dependsOn: ["a"] },
        },
      },
      "  - phases: a cycle: a -> b -> a",
    ],
    [
      "a cycle of needs",
      { needs: { api: ["postgres"], postgres: ["api"] } },
      "  - needs: a cycle: api -> postgres -> api",
    ],
    [
      "a need of a phase that is not proven before",
      { needs: { postgres: ["api"] } },
      "  - needs.postgres[0]: postgres (phase data) needs api, whose phase application is not proven before data starts",
    ],
    [
      "another environment",
      { environments: ["staging"] },
      "  - environments: the stack's config asks for development; the declaration has staging",
    ],
  ])("%s", ([, change, line]) => {
    expect(problemsOf(change).split("\n")).toContain(line);
  });

  test("a probe of another protocol, written in JavaScript where no type objects", () => {
    const services = {
      ...shop.services,
      api: { ...shop.services["api"], validations: { connectivity: { cached: ping() } } },
    } as StackDeclaration["services"];
    expect(problemsOf({ services })).toContain(
      "  - services.api.validations.connectivity.cached: an http service cannot be probed by ping",
    );
  });

  test("probes that a service cannot be probed by, with the place of the part", () => {
    const api = {
      ...shop.services["api"],
      validations: {
        connectivity: {
          answers: any([get("/"), not(all([get("/x"), ping()]))], { level: "basic" }),
          ended: completed(),
          // @ts-expect-error completed stands alone
          deep: all([completed(), get("/", { level: "basic" })]),
        },
      },
    };
    const migrations = {
      ...shop.services["migrations"],
      validations: { connectivity: { runs: exec(["true"]), wrote: logLine(/done/) } },
    };
    const services = { ...shop.services, api, migrations } as StackDeclaration["services"];
    expect(problemsOf({ services })).toBe(
      [
        "the declaration shop has problems:",
        "  - services.migrations.validations.connectivity.runs: a job service cannot be probed by exec",
        "  - services.api.validations.connectivity.answers.parts[1].part.parts[1]: an http service cannot be probed by ping",
        "  - services.api.validations.connectivity.ended: an http service cannot be probed by completed",
        "  - services.api.validations.connectivity.deep.parts[0]: completed stands alone, since it is enabled at every level",
        "  - services.api.validations.connectivity.deep.parts[1].level: a part has the level of the whole: say it there",
      ].join("\n"),
    );
  });

  test("a job whose validations are not the one that its phase asks for", () => {
    const migrations = {
      ...shop.services["migrations"],
      validations: { conectivity: { wrote: logLine(/done/) } },
    };
    expect(
      problemsOf({ services: { ...shop.services, migrations } as StackDeclaration["services"] }),
    ).toContain(
      '  - services.migrations.validations: the phase data asks for "connectivity", which the service does not define; did you mean "conectivity"?',
    );
  });

  test("a job that is to complete in two ways", () => {
    const migrations = {
      ...shop.services["migrations"],
      validations: { connectivity: { well: completed(), badly: completed({ exitCode: 1 }) } },
    };
    expect(
      problemsOf({ services: { ...shop.services, migrations } as StackDeclaration["services"] }),
    ).toContain("  - services.migrations.validations.connectivity: a job completes in one way");
  });

  test("a module of a custom probe that no project can hold", () => {
    const api = {
      ...shop.services["api"],
      validations: { connectivity: { own: custom("../own.ts", { level: "basic" }) } },
    };
    expect(problemsOf({ services: { ...shop.services, api } as StackDeclaration["services"] })).toContain(
      '  - services.api.validations.connectivity.own.module: "../own.ts" leads out of the project\'s folder',
    );
  });

  test("a service without an enabled probe: its gate would open at once", () => {
    const writes = get("/checkout", { mutates: true });
    const asking = (probes: Readonly<Record<string, ReturnType<typeof get>>>) =>
      ({
        ...shop.services,
        api: { ...shop.services["api"], validations: { connectivity: probes } },
      }) as StackDeclaration["services"];
    expect(problemsOf({ services: asking({ ready: get("/ready") }) })).toContain(
      '  - services.api.validations.connectivity: none of its probes is enabled at the level basic: mark at least one with level: "basic"',
    );
    const inProduction = { ...profile, validationLevel: "production" } as const;
    expect(() => resolvePlan({ ...shop, services: asking({ writes }) }, inProduction, "dev")).toThrow(
      "services.api.validations.connectivity: none of its probes is enabled at the level production",
    );
    expect(() =>
      resolvePlan({ ...shop, services: asking({ writes, ready: get("/ready") }) }, inProduction, "dev"),
    ).not.toThrow();
  });

  test("a value out of its range, with its path", () => {
    const { failureHandling, services } = shop;
    const message = problemsOf({
      failureHandling: { ...failureHandling, backoff: { multiplier: 0.5, max: "30" as "30s" } },
      services: { ...services, api: { ...services["api"], successThreshold: 0 } } as typeof services,
    });
    expect(message).toBe(
      [
        "the declaration shop has problems:",
        "  - services.api.successThreshold: must be a whole number from 1 to 100, and is 0",
        "  - failureHandling.backoff.multiplier: must be a number from 1 to 100, and is 0.5",
        '  - failureHandling.backoff.max: "30" is not a duration such as "500ms", "15s" or "3m"',
      ].join("\n"),
    );
  });

  test("two services on one published port, a reserved name, a URL of a job", () => {
    const cache = redis({
      image: "redis:7",
      password: secret("r"),
      maxMemory: "1mb",
      publish: 80,
      validations: { connectivity: { p: ping() } },
    });
    const api = httpService({
      image: "x",
      port: 1,
      publish: 80,
      env: { M: urlOf("migrations") },
      validations: { connectivity: { p: get("/") } },
    });
    const message = problemsOf({
      services: { ...shop.services, api, coordinator: cache },
      phases: { ...shop.phases, data: { ...phase, services: ["postgres", "migrations", "coordinator"] } },
    });
    expect(message).toContain("  - services.coordinator.publish: 80 is published by api already");
    expect(message).toContain("  - services.coordinator: the name is taken by the stack's own coordinator");
    expect(message).toContain('  - services.api.env.M: urlOf("migrations"): a job has no address');
  });
});

describe("a profile with problems", () => {
  test("reports all problems together, each with its path", () => {
    expect(() =>
      parseProfile("dev", {
        declaration: "shop",
        environment: "dev",
        startupTimeoutMultiplier: "fast",
        healthCheckInterval: "30",
        validationLevel: "deep",
        portBase: 80,
        images: {},
        colour: 1,
      }),
    ).toThrow(
      expect.objectContaining({
        code: "PHASEGATE_CONFIG_INVALID",
        message: [
          "the config of stack dev (Pulumi.dev.yaml) has problems:",
          '  - phasegate:environment: there is no "dev"; there are development, test, staging, production',
          '  - phasegate:startupTimeoutMultiplier: must be a number above 0 and at most 100, such as "1.5", and is a text',
          '  - phasegate:healthCheckInterval: "30" is not a duration such as "500ms", "15s" or "3m"',
          '  - phasegate:validationLevel: there is no "deep"; there are basic, comprehensive, productionSimulation, production',
          "  - phasegate:portBase: must be a whole number from 1024 to 64535: the first of 1000 ports, and is 80",
          "  - phasegate:colour: is not known here; there are declaration, environment, startupTimeoutMultiplier, healthCheckInterval, validationLevel, portBase, otlpEndpoint, requireDigests, images, replicas, external",
        ].join("\n"),
      }),
    );
  });
});

describe("the other services", () => {
  const policy = shop.failureHandling;
  const phase = { title: "All", validation: "ready", timeout: "60s" } as const;
  const other = defineStack({
    name: "other",
    environments: ["development"],
    services: {
      queue: service({
        image: "rabbitmq:4",
        port: 5672,
        publish: 72,
        entrypoint: ["start"],
        files: { "/run/secrets/cookie": [secret("cookie")] },
        validations: { ready: { listens: tcp(5672, { level: "basic" }) } },
      }),
      worker: service({
        image: "worker:1",
        env: { QUEUE: urlOf("queue", { scheme: "amqp", path: "/jobs" }) },
        validations: { ready: { runs: running({ level: "basic" }) } },
      }),
      cache: redis({
        image: "redis:7",
        env: { TZ: "UTC" },
        files: { "/etc/motd": ["hello"] },
        validations: { ready: { answers: ping({ level: "basic" }) } },
      }),
    },
    phases: { all: { ...phase, services: ["queue", "worker", "cache"] } },
    failureHandling: policy,
  });
  const { services, secrets } = resolvePlan(other, profile, "dev");

  test("a service of any protocol has an address, its files and its entry point", () => {
    expect(services["queue"]).toMatchObject({
      kind: "container",
      entrypoint: ["start"],
      files: { "/run/secrets/cookie": [{ secret: "cookie" }] },
      published: { port: 15072, containerPort: 5672 },
      readiness: { endpoint: { protocol: "tcp", host: "queue", port: 5672 } },
    });
    expect(secrets).toEqual({ cookie: { generate: false } });
  });

  test("a service without a port has none, and is probed for whether it runs", () => {
    expect(services["worker"]?.env).toEqual({ QUEUE: "amqp://queue:5672/jobs" });
    expect(services["worker"]?.readiness.endpoint).toBeUndefined();
    expect(services["worker"]?.readiness.probes["runs"]).toMatchObject({ kind: "running", for: "3s" });
  });

  test("a Redis without a password is open to the stack's network, and has no limit but the machine's", () => {
    expect(services["cache"]).toMatchObject({
      env: { TZ: "UTC" },
      files: { "/etc/motd": ["hello"], "/usr/local/etc/redis/redis.conf": ["protected-mode no\n"] },
    });
    expect(services["cache"]?.readiness.endpoint).toEqual({ protocol: "redis", host: "cache", port: 6379 });
  });

  test("the URL of a service without a port, and a scheme that is none", () => {
    const broken = {
      ...other.services["worker"],
      env: { SELF: urlOf("worker"), QUEUE: urlOf("queue", { scheme: "a b" }) },
    } as Service;
    const change = () =>
      resolvePlan({ ...other, services: { ...other.services, worker: broken } }, profile, "dev");
    expect(change).toThrow(
      'services.worker.env.SELF: urlOf("worker"): a service without a port has no address',
    );
    expect(change).toThrow('services.worker.env.QUEUE.scheme: "a b" is not the scheme of a URL');
  });
});
