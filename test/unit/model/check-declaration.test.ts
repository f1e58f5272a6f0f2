import { describe, expect, test } from "vitest";
import {
  all,
  any,
  completed,
  custom,
  exec,
  get,
  httpService,
  logLine,
  not,
  ping,
  redis,
  resolvePlan,
  secret,
  urlOf,
  type StackDeclaration,
} from "phasegate";
import { PhasegateError } from "../../../lib/core/errors.ts";
import type { Service } from "../../../lib/model/service.ts";
import { profile, shop } from "../../support/shop.ts";

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

  test("a minReady that the budget cannot hold: the service's own or its phase's, times the multiplier", () => {
    const { services } = shop;
    const withMinReady = (minReady: string, timeout?: string) =>
      ({
        ...services,
        api: { ...services["api"], minReady, ...(timeout && { timeout }) },
      }) as typeof services;
    expect(problemsOf({ services: withMinReady("30s"), name: "Shop" })).toBe(
      [
        "the declaration Shop has problems:",
        '  - name: "Shop" is not a name of lower-case letters, digits and dashes that begins with a letter',
        "  - services.api.minReady: it cannot stay ready for 30s within its budget of 30s (20s times the multiplier 1.5 of development): make it shorter, or the timeout longer",
      ].join("\n"),
    );
    expect(problemsOf({ services: withMinReady("15s", "10s") })).toContain(
      "within its budget of 15s (10s times",
    );
    expect(() => resolvePlan({ ...shop, services: withMinReady("29s") }, profile, "dev")).not.toThrow();
    expect(problemsOf({ services: withMinReady("1") })).toContain(
      'services.api.minReady: "1" is not a duration such as',
    );
    const job = { ...services["migrations"], minReady: "1s" } as Service;
    expect(problemsOf({ services: { ...services, migrations: job } })).toContain(
      "services.migrations.minReady",
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
