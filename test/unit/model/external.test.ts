import { describe, expect, test } from "vitest";
import {
  defineStack,
  exec,
  external,
  get,
  httpService,
  parseProfile,
  ping,
  resolvePlan,
  secret,
  sql,
  tcp,
  urlOf,
  type StackDeclaration,
} from "phasegate";
import { planOrigins } from "../../../lib/model/plan-origin.ts";

const profile = (external: object = {}, environment = "staging") =>
  parseProfile("trial", {
    ...{ declaration: "shop", environment, startupTimeoutMultiplier: 1, healthCheckInterval: "15s" },
    ...{ validationLevel: "productionSimulation", portBase: 15_000, images: {}, external },
  });

const shop = defineStack({
  name: "shop",
  environments: ["staging"],
  services: {
    warehouse: external.postgres({
      host: "db.example.com",
      database: "shop",
      password: secret("warehousePassword"),
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),
    mail: external.tcp({
      host: "mail.example.com",
      port: 25,
      minReady: "1s",
      validations: { ready: { listens: tcp(25, { level: "basic" }) } },
    }),
    api: httpService({
      image: "api:1",
      port: 80,
      env: { DATABASE_URL: urlOf("warehouse"), MAIL: urlOf("mail", { scheme: "smtp" }) },
      validations: { ready: { answers: get("/", { level: "basic" }) } },
    }),
  },
  phases: {
    outside: { title: "Outside", services: ["warehouse", "mail"], validation: "ready", timeout: "30s" },
    own: { title: "Own", services: ["api"], dependsOn: ["outside"], validation: "ready", timeout: "30s" },
  },
  needs: { api: ["warehouse", "mail"] },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});

/** The problems of the declaration with services that are other than usual. */
function problems(services: object, config: object = {}, needs: object = shop.needs): string {
  try {
    resolvePlan(
      { ...shop, services: { ...shop.services, ...services }, needs } as StackDeclaration,
      profile(config),
      "trial",
    );
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("an external service in a plan", () => {
  const plan = resolvePlan(shop, profile(), "trial");

  test("has an address and a readiness spec, and nothing of a container", () => {
    expect(Object.keys(plan.services["warehouse"] ?? {})).toEqual([
      ...["kind", "phase", "external", "needs", "readiness", "supervision"],
    ]);
    expect(plan.services["warehouse"]).toMatchObject({
      external: { host: "db.example.com", port: 5432 },
      readiness: {
        external: true,
        restarts: { maxRetries: 0 },
        endpoint: { protocol: "postgres", host: "db.example.com", user: "shop", database: "shop" },
      },
    });
  });

  test("is needed by its real address, also where its edges are proven", () => {
    expect(plan.services["api"]?.env).toEqual({
      DATABASE_URL: [
        "postgres://shop:",
        { secret: "warehousePassword", encode: "uri" },
        "@db.example.com:5432/shop",
      ],
      MAIL: "smtp://mail.example.com:25",
    });
    expect(plan.secrets).toEqual({ warehousePassword: { generate: false } });
    expect(plan.phases["own"]?.edges).toEqual([
      { dependent: "api", needed: "warehouse", probes: ["answers"] },
      { dependent: "api", needed: "mail", probes: ["listens"] },
    ]);
  });

  test("has the address that its environment's config says", () => {
    const config = { warehouse: { host: "db.staging", port: "6432", database: "shop_staging", user: "app" } };
    const moved = resolvePlan(shop, profile(config), "trial");
    expect(moved.services["warehouse"]?.external).toEqual({ host: "db.staging", port: 6432 });
    expect(moved.services["warehouse"]?.readiness.endpoint).toMatchObject({
      user: "app",
      database: "shop_staging",
    });
    const at = (...path: string[]) => planOrigins(["services", "warehouse", ...path], shop, profile(config));
    expect(at("external", "host")).toEqual([{ from: "profile", at: "external.warehouse.host" }]);
    expect(at("readiness", "endpoint", "user")).toEqual([{ from: "profile", at: "external.warehouse.user" }]);
    expect(planOrigins(["services", "warehouse", "external", "host"], shop, profile())).toEqual([
      { from: "declaration", at: "services.warehouse.host" },
    ]);
  });

  test("leaves the coordinator a network where there is no container", () => {
    const { warehouse } = shop.services;
    const alone = {
      ...shop,
      services: { warehouse },
      needs: {},
      phases: { outside: { ...shop.phases["outside"], services: ["warehouse"] } },
    };
    expect(resolvePlan(alone as StackDeclaration, profile(), "trial").networks).toEqual(["default"]);
  });
});

describe("what is wrong with an external service", () => {
  const { warehouse, mail } = shop.services;

  test.each([
    [
      "no host anywhere",
      { warehouse: { ...warehouse, host: undefined } },
      "services.warehouse.host: is missing: say it here",
    ],
    [
      "a host that is none",
      { warehouse: { ...warehouse, host: "http://db" } },
      'services.warehouse.host: "http://db" is not a host name',
    ],
    [
      "an image",
      { warehouse: { ...warehouse, image: "postgres:17" } },
      "services.warehouse.image: is not known here",
    ],
    [
      "a memory limit",
      {
        warehouse: {
          ...external.redis({ host: "h", validations: { ready: { pings: ping() } } }),
          maxMemory: "64mb",
        },
      },
      "services.warehouse.maxMemory: is not known here",
    ],
    [
      "intensity",
      { warehouse: { ...warehouse, supervision: { intensity: { restarts: 1, within: "1m" } } } },
      "services.warehouse.supervision.intensity: is not known here",
    ],
    ["no port", { mail: { ...mail, port: undefined } }, "services.mail.port: is missing"],
    ["a job", { mail: { ...mail, kind: "job" } }, 'services.mail.kind: there is no "job"'],
    [
      "a probe that looks into a container",
      { mail: { ...mail, validations: { ready: { runs: exec(["true"]) } } } },
      "services.mail.validations.ready.runs: an external service has no container: it cannot be probed by exec",
    ],
  ])("%s", (_, services, message) => {
    expect(problems(services)).toContain(message);
  });

  test("needs of its own", () => {
    expect(problems({}, {}, { ...shop.needs, warehouse: ["mail"] })).toContain(
      "needs.warehouse: warehouse is external: it needs nothing that the stack starts",
    );
  });

  test.each([
    [
      { warehous: { host: "h" } },
      'config.external.warehous: there is no service "warehous"; did you mean "warehouse"?',
    ],
    [{ api: { host: "h" } }, "config.external.api: api is a container of the stack"],
    [{ mail: { user: "u" } }, "config.external.mail.user: mail has no user"],
  ])("a config that does not fit: %o", (config, message) => {
    expect(problems({}, config)).toContain(message);
  });

  test("a config that is no address is reported by its key", () => {
    expect(() => profile({ warehouse: { host: "a b", hots: "c" } })).toThrow(
      /phasegate:external\.warehouse\.host: "a b" is not a host name.*\n.*phasegate:external\.warehouse\.hots: is not known here/,
    );
  });
});
