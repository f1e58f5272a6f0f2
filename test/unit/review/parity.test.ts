import { describe, expect, test } from "vitest";
import {
  alertmanager,
  defineStack,
  get,
  httpService,
  parseProfile,
  postgres,
  resolvePlan,
  secret,
  sql,
  urlOf,
  webhook,
  type Allowance,
  type Profile,
} from "phasegate";
import { parityText, projectParity } from "../../../lib/cli/parity.ts";
import { compareStacks } from "../../../lib/review/parity.ts";

const shop = defineStack({
  name: "shop",
  environments: ["development", "production"],
  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "shop",
      password: secret("password"),
      validations: { works: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),
    api: httpService({
      image: "shop/api:1",
      port: 8080,
      publish: 80,
      env: { DATABASE_URL: urlOf("postgres") },
      validations: { works: { ready: get("/ready", { level: "basic" }) } },
    }),
  },
  phases: {
    data: { title: "Data", services: ["postgres"], validation: "works", timeout: "60s" },
    application: {
      title: "App",
      services: ["api"],
      dependsOn: ["data"],
      validation: "works",
      timeout: "30s",
    },
  },
  failureHandling: {
    maxRetries: 2,
    backoff: { multiplier: 2, max: "10s" },
    onDependencyChange: "restart",
    grace: "7s",
  },
});
const development = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

function compared(production: Partial<Profile>, allow: readonly Allowance[] = []) {
  const declaration = { ...shop, parity: { allow } };
  const other = { ...development, environment: "production" as const, ...production };
  const stacks = { dev: development, prod: other };
  return {
    ...compareStacks(
      declaration,
      Object.entries(stacks).map(([stack, profile]) => ({
        profile,
        plan: resolvePlan(declaration, profile, stack),
      })),
    ),
    projectDefaults: { dev: [], prod: ["healthCheckInterval"] },
  };
}

const multiplier = { path: "startupTimeoutMultiplier", reason: "slower machines" };
const budgets = { path: "phases.*.budget", reason: "timeout times multiplier" };
const edgeBudgets = { path: "phases.*.edgeBudget", reason: "timeout times multiplier" };
const intervals = { path: "services.*.supervision.interval", reason: "the environment's" };
const all = { path: "services.**", reason: "for the test" };

describe("the parity of environments", () => {
  test("names of stack and environment are no difference", () => {
    expect(compared({})).toMatchObject({ differences: [], same: true });
  });

  test("a difference says both values and where each comes from, declaration and profile", () => {
    const { differences, same } = compared({ startupTimeoutMultiplier: 1 }, [multiplier, all]);
    expect(same).toBe(false);
    expect(differences.map(({ path }) => path)).toContain("phases.application.budget");
    const origins = [
      { from: "declaration", at: "phases.data.timeout" },
      { from: "profile", at: "startupTimeoutMultiplier" },
    ];
    expect(differences.find(({ path }) => path === "phases.data.budget")).toEqual({
      path: "phases.data.budget",
      values: [
        { stack: "dev", value: "90s", origins },
        { stack: "prod", value: "60s", origins },
      ],
      allowedBy: undefined,
    });
  });

  test("an entry allows the places that it matches, and no others", () => {
    const report = compared({ startupTimeoutMultiplier: 1 }, [multiplier, budgets, edgeBudgets]);
    const allowedBy = Object.fromEntries(report.differences.map((one) => [one.path, one.allowedBy]));
    expect(allowedBy).toEqual({
      startupTimeoutMultiplier: multiplier,
      "phases.data.budget": budgets,
      "phases.application.budget": budgets,
      "phases.data.edgeBudget": edgeBudgets,
      "phases.application.edgeBudget": edgeBudgets,
      "services.postgres.readiness.budget": undefined,
      "services.api.readiness.budget": undefined,
    });
    expect(compared({ startupTimeoutMultiplier: 1 }, [multiplier, budgets, edgeBudgets, all]).same).toBe(
      true,
    );
  });

  test("an entry that matches nothing is said to be unused", () => {
    const typo = { path: "services.*.publish.port", reason: "a slip" };
    expect(compared({ portBase: 18_000 }, [all, typo]).unused).toEqual([typo]);
  });

  test("another image comes from that stack's profile, this one from the declaration", () => {
    const [difference] = compared({ images: { api: "shop/api:2" } }).differences;
    expect(difference?.path).toBe("services.api.image.reference");
    expect(difference?.values.map(({ origins }) => origins)).toEqual([
      [{ from: "declaration", at: "services.api.image" }],
      [{ from: "profile", at: "images.api" }],
    ]);
  });

  test("what people read: forbidden first, then the reasons", () => {
    const unused = { path: "services.*.publish.port", reason: "a slip" };
    const ports = { path: "services.*.published.port", reason: "side by side" };
    const allow = [ports, intervals, unused];
    const text = parityText(compared({ healthCheckInterval: "15s", portBase: 18_000 }, allow));
    expect(text).toBe(
      [
        "shop in dev, prod: 4 differences, 1 not allowed",
        "",
        "  path                                    dev    prod   from",
        "✗ healthCheckInterval                     30s    15s    dev: profile healthCheckInterval; prod: default of Pulumi.yaml healthCheckInterval",
        "✓ services.postgres.supervision.interval  30s    15s    dev: profile healthCheckInterval; prod: default of Pulumi.yaml healthCheckInterval",
        "✓ services.api.published.port             15080  18080  declaration services.api.publish and profile portBase",
        "✓ services.api.supervision.interval       30s    15s    dev: profile healthCheckInterval; prod: default of Pulumi.yaml healthCheckInterval",
        "",
        "✗ is in no entry of the declaration's parity.allow: make the stacks say the same, or add the path there with the reason.",
        "",
        "allowed, and why:",
        "  services.*.supervision.interval  2 places  the environment's",
        "  services.*.published.port        1 place   side by side",
        "",
        "allowed, but no stack differs there:",
        "  services.*.publish.port",
      ].join("\n"),
    );
  });

  test("an interval that the declaration gives is the same everywhere, whatever the environments' are", () => {
    const { api, ...others } = shop.services;
    const services = { ...others, api: { ...api, supervision: { interval: "5s" } } } as typeof shop.services;
    const declaration = { ...shop, services };
    const stacks = ["30s" as const, "15s" as const].map((healthCheckInterval) => {
      const profile = { ...development, healthCheckInterval };
      return { profile, plan: resolvePlan(declaration, profile, "dev") };
    });
    expect(compareStacks(declaration, stacks).differences.map(({ path }) => path)).toEqual([
      "healthCheckInterval",
      "services.postgres.supervision.interval",
    ]);
  });

  test("a sink of one environment alone is a difference that wants a reason", () => {
    const pager = webhook({
      ...{ name: "pager", url: secret("pagerUrl"), signingKey: secret("pagerKey") },
      environments: ["production"],
    });
    const alerting = { sinks: [alertmanager({ url: "http://alertmanager:9093" }), pager] };
    const found = (allow: readonly Allowance[]) => {
      const declaration = { ...shop, alerting, parity: { allow } };
      const profiles = [development, { ...development, environment: "production" as const }];
      const stacks = profiles.map((profile) => ({ profile, plan: resolvePlan(declaration, profile, "dev") }));
      return compareStacks(declaration, stacks);
    };
    const paths = ["alerting.sinks.pager", "secrets.pagerKey", "secrets.pagerUrl"];
    expect(
      found([])
        .differences.map(({ path }) => path)
        .toSorted(),
    ).toEqual(paths);
    expect(found(paths.map((path) => ({ path, reason: "nobody is called for staging" }))).same).toBe(true);
  });

  test("an entry without a reason, and one that is no path, are problems of the declaration", () => {
    const allow = [
      { path: "name", reason: " " },
      { path: "services.**.port", reason: "ports" },
    ];
    expect(() => compared({}, allow)).toThrow(
      [
        "the declaration shop has problems:",
        "  - parity.allow[0].reason: must say why they may differ",
        '  - parity.allow[1].path: "services.**.port" is not a path such as "services.*.published.port": "*" is a whole key, and "**" stands at the end only',
      ].join("\n"),
    );
  });
});

// The gate of this project's own environments: `npm test` fails where one of them has gone its own way.
test.for([undefined, "netra", "quickstart"])(
  "the project's stacks of %s are the same but for what is allowed",
  async (declaration) => {
    const reports = await projectParity(process.cwd(), declaration);
    expect(reports.length).toBeGreaterThan(0);
    for (const report of reports) {
      expect(report.stacks.length).toBeGreaterThan(1);
      expect(report.differences.filter(({ allowedBy }) => allowedBy === undefined)).toEqual([]);
      expect(report.unused).toEqual([]);
    }
  },
);
