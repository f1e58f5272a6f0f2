import { describe, expect, test } from "vitest";
import {
  defineStack,
  file,
  get,
  httpService,
  parseProfile,
  redis,
  resolvePlan,
  secret,
  urlOf,
  ping,
  type StackDeclaration,
} from "phasegate";
import { noSources } from "../../../lib/model/sources.ts";
import { planOrigins } from "../../../lib/model/plan-origin.ts";
import { compareStacks } from "../../../lib/review/parity.ts";
import { diffPlans } from "../../../lib/review/lifecycle-diff.ts";
import { viewPlan } from "../../../lib/review/plan-view.ts";

/** The image of mail is one that only the config of an environment that has it can say. */
const profile = (environment: string, replicas?: object) =>
  parseProfile("trial", {
    ...{ declaration: "shop", environment, startupTimeoutMultiplier: 1, healthCheckInterval: "15s" },
    ...{ validationLevel: "productionSimulation", portBase: 15_000, replicas },
    images: environment === "development" ? { mail: "mail:2" } : {},
  });

const answers = { ready: { answers: get("/", { level: "basic" }) } };
const shop = defineStack({
  name: "shop",
  environments: ["development", "production"],
  services: {
    cache: redis({ image: "redis:7", validations: { ready: { pings: ping({ level: "basic" }) } } }),
    mail: httpService({
      ...{ image: "mail:1", port: 80, in: ["development"], networks: ["default", "tools"] },
      env: { MAIL_KEY: secret("mailKey") },
      mounts: { "/etc/mail.conf": file("mail.conf") },
      validations: answers,
    }),
    api: httpService({ image: "api:1", port: 80, replicas: 3, validations: answers }),
    web: httpService({ image: "web:1", port: 80, env: { API: urlOf("api") }, validations: answers }),
  },
  phases: {
    data: { title: "Data", services: ["cache"], validation: "ready", timeout: "30s" },
    tools: { title: "Tools", services: ["mail"], dependsOn: ["data"], validation: "ready", timeout: "30s" },
    apis: { title: "APIs", services: ["api"], dependsOn: ["tools"], validation: "ready", timeout: "30s" },
    front: { title: "Front", services: ["web"], dependsOn: ["apis"], validation: "ready", timeout: "30s" },
  },
  needs: { api: ["cache"], web: { api: "revalidate" } },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});

const sources = { ...noSources, files: { "mail.conf": { sha256: "0".repeat(64) } } };

const resolved = (environment: string, replicas?: object) =>
  resolvePlan(shop, profile(environment, replicas), environment, sources);

function problems(change: Partial<StackDeclaration>, replicas: object = {}): string {
  try {
    resolvePlan({ ...shop, ...change }, profile("production", replicas), "trial");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("a service with replicas", () => {
  const plan = resolved("production");

  test("is so many services of its phase, which are needed together and reached by one name", () => {
    expect(plan.phases["apis"]?.services).toEqual(["api-1", "api-2", "api-3"]);
    expect(plan.services["api-2"]).toMatchObject({
      replica: { of: "api", index: 2 },
      needs: { cache: "restart" },
      readiness: { endpoint: { host: "api-2" } },
    });
    expect(plan.services["web"]?.needs).toEqual({
      "api-1": "revalidate",
      "api-2": "revalidate",
      "api-3": "revalidate",
    });
    expect(plan.services["web"]?.env).toEqual({ API: "http://api:80" });
  });

  test("is the same, instance by instance, whatever their number", () => {
    const one = resolved("production", { api: 1 });
    expect(one.phases["apis"]?.services).toEqual(["api-1"]);
    expect(one.services["api-1"]).toEqual(plan.services["api-1"]);
  });

  test("has its number from the declaration, or from the environment's config", () => {
    expect(planOrigins(["services", "api-2", "replica", "index"], shop, profile("production"))).toEqual([
      { from: "declaration", at: "services.api.replicas" },
    ]);
    expect(planOrigins(["services", "api", "replicas"], shop, profile("production", { api: "2" }))).toEqual([
      { from: "profile", at: "replicas.api" },
    ]);
    expect(planOrigins(["services", "web", "needs", "api-3"], shop, profile("production"))).toEqual([
      { from: "declaration", at: "needs.web.api" },
    ]);
  });

  test.each<[string, object, string]>([
    [
      "volumes",
      { volumes: { data: "/data" } },
      "services.api.volumes: the instances of api would share its volumes",
    ],
    [
      "publish",
      { publish: 1 },
      "services.api.publish: the instances of api cannot have one port of the host",
    ],
    [
      "a published port",
      { ports: { metrics: { container: 9100, publish: 2 } } },
      "services.api.ports.metrics: the instances of api cannot have one port of the host",
    ],
    ["none", { replicas: 0 }, "services.api.replicas: must be a whole number from 1 to 100"],
  ])("is refused with %s", (_, change, message) => {
    const { services } = shop;
    expect(
      problems({ services: { ...services, api: { ...services["api"], ...change } } as never }),
    ).toContain(message);
  });

  test("is refused beside a service that has an instance's name", () => {
    const { services, phases } = shop;
    const web = services["web"];
    expect(
      problems({
        services: { ...services, "api-7": web } as never,
        phases: { ...phases, front: { ...phases["front"], services: ["web", "api-7"] } } as never,
      }),
    ).toContain("services.api-7: the name is the one that an instance of api has");
  });

  test("is refused beside an alias that is an instance's name", () => {
    const web = { ...shop.services["web"], aliases: ["api-2"] };
    expect(problems({ services: { ...shop.services, web } as never })).toContain(
      'services.web.aliases[0]: "api-2" is the name that an instance of api has',
    );
  });

  test.each([
    [{ web: 2 }, "config.replicas.web: web does not say that it may have several instances"],
    [{ apo: 2 }, 'config.replicas.apo: there is no service "apo"; did you mean "api"?'],
  ])("a config that does not fit is refused: %o", (replicas, message) => {
    expect(problems({}, replicas)).toContain(message);
  });
});

describe("what environments and revisions are compared by", () => {
  const stack = (environment: string, replicas?: object) => ({
    profile: profile(environment, replicas),
    plan: resolved(environment, replicas),
  });

  test("another number of instances is one difference of parity, and who is left out one that is allowed", () => {
    const report = compareStacks(shop, [stack("development", { api: 1 }), stack("production")]);
    expect(
      report.differences.map(({ path, values, allowedBy }) => [
        path,
        values.map(({ value }) => value),
        allowedBy?.reason,
      ]),
    ).toEqual([
      ["services.mail", ["present", undefined], "the declaration says so: in development"],
      ["services.api.replicas", [1, 3], undefined],
    ]);
  });

  test("fewer instances are a change, and prove nothing less", () => {
    const views = (replicas: object) => ({ prod: viewPlan(resolved("production", replicas)) });
    const diff = diffPlans(views({ api: 3 }), views({ api: 1 }));
    expect(diff.weakened).toEqual([]);
    expect(JSON.stringify(diff.changes)).toContain("replicas");
    expect(JSON.stringify(diff.changes)).not.toContain("api-2");
  });
});

describe("a service that an environment leaves out", () => {
  test("is not in its plan, and neither is a phase of which nothing is left", () => {
    const plan = resolved("production");
    expect(Object.keys(plan.phases)).toEqual(["data", "apis", "front"]);
    expect(plan.phases["apis"]?.dependsOn).toEqual(["data"]);
    expect(Object.keys(plan.services)).not.toContain("mail");
    expect(Object.keys(resolved("development").phases)).toEqual(["data", "tools", "apis", "front"]);
  });

  test("is refused where something that is there needs it, or calls it", () => {
    expect(problems({ needs: { ...shop.needs, web: ["mail"] } })).toContain(
      'needs.web[0]: mail is left out in production, and what needs it is not: give that the same "in"',
    );
    const web = { ...shop.services["web"], env: { MAIL: urlOf("mail") } };
    expect(problems({ services: { ...shop.services, web } as never })).toContain(
      "services.web.env.MAIL: mail is left out in production",
    );
  });

  test("is refused with an environment that the declaration is not made for, or with none", () => {
    const mail = (where: readonly string[]) => ({
      services: { ...shop.services, mail: { ...shop.services["mail"], in: where } } as never,
    });
    expect(problems(mail(["staging"]))).toContain(
      "services.mail.in[0]: the declaration is not made for staging",
    );
    expect(problems(mail([]))).toContain("services.mail.in: must not be empty");
  });
});
