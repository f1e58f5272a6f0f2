import { describe, expect, test } from "vitest";
import { defineStack, get, httpService, parseProfile, redis, resolvePlan, service, tcp } from "phasegate";
import type { StackDeclaration } from "phasegate";
import { PhasegateError } from "../../../lib/core/errors.ts";
import type { Json } from "../../../lib/core/json.ts";
import { replaced } from "../../support/perturbed.ts";

const profile = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

const shop = defineStack({
  name: "shop",
  environments: ["development"],
  services: {
    cache: redis({
      image: "redis:7",
      volumes: { data: "/data" },
      validations: { ready: { listens: tcp(6379, { level: "basic" }) } },
    }),
    api: httpService({
      image: "api:1",
      port: 80,
      env: { MODE: "fast" },
      validations: { ready: { answers: get("/", { level: "basic" }) } },
    }),
  },
  phases: {
    data: { title: "Data", services: ["cache"], validation: "ready", timeout: "60s" },
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },
  needs: { api: ["cache"] },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});

/** The problems of the declaration with another value at a place, as lines. */
function problemsAt(path: string, value: unknown, environment = profile): readonly string[] {
  const changed = replaced(shop as unknown as Json, path.split("."), value as Json);
  try {
    resolvePlan(changed as unknown as StackDeclaration, environment, "dev");
  } catch (error) {
    if (error instanceof PhasegateError && error.code === "PHASEGATE_DECLARATION_INVALID")
      return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

test("what is right has no problems", () => {
  expect(problemsAt("name", "shop")).toEqual([]);
});

describe("a key that is not known is reported with its place, and the one that was meant", () => {
  const healthcheck = { command: ["CMD", "true"], retires: 3 };
  test.for<[string, unknown, ...string[]]>([
    ["need", { api: ["cache"] }, 'need: is not known here; did you mean "needs"?'],
    [
      "replicas",
      3,
      "replicas: is not known here; there are name, environments, services, phases, needs, failureHandling, supervision, alerting, metrics, registries, parity",
    ],
    [
      "phases.application.dependOn",
      ["api"],
      'phases.application.dependOn: is not known here; did you mean "dependsOn"?',
    ],
    ["services.api.publsh", 80, 'services.api.publsh: is not known here; did you mean "publish"?'],
    ["services.api.failfast", true, 'services.api.failfast: is not known here; did you mean "failFast"?'],
    ["services.api.prot", 80, 'services.api.prot: is not known here; did you mean "port"?'],
    [
      "services.api.healthcheck",
      healthcheck,
      'services.api.healthcheck.retires: is not known here; did you mean "retries"?',
    ],
    [
      "services.api.cadence",
      { inital: "1s" },
      'services.api.cadence.inital: is not known here; did you mean "initial"?',
    ],
    [
      "services.api.env.URL",
      { urlOf: "cache", shceme: "x" },
      'services.api.env.URL.shceme: is not known here; did you mean "scheme"?',
    ],
    [
      "services.api.env.TOKEN",
      { secret: "token", genrate: true },
      'services.api.env.TOKEN.genrate: is not known here; did you mean "generate"?',
    ],
    [
      "services.api.validations.ready.answers.timeot",
      "5s",
      'services.api.validations.ready.answers.timeot: is not known here; did you mean "timeout"?',
    ],
    [
      "supervision",
      { intervall: "5s", slow: { window: "1h", baseline: "24h", times: 3 } },
      "supervision.slow.factor: is missing: it must be a number above 1 and at most 1000",
      "supervision.slow.times: is not known here; there are window, baseline, factor",
      'supervision.intervall: is not known here; did you mean "interval"?',
    ],
    [
      "services.api.supervision",
      { intensity: { restarts: 1, within: "1m", per: 2 } },
      "services.api.supervision.intensity.per: is not known here; there are restarts, within",
    ],
    [
      "failureHandling.failfast",
      true,
      'failureHandling.failfast: is not known here; did you mean "failFast"?',
    ],
    [
      "failureHandling.backoff.maximum",
      "3s",
      "failureHandling.backoff.maximum: is not known here; there are initial, multiplier, max",
    ],
    [
      "parity",
      { allow: [{ path: "a", reason: "b", raeson: "c" }] },
      'parity.allow[0].raeson: is not known here; did you mean "reason"?',
    ],
  ])("%s", ([path, value, ...problems]) => {
    expect(problemsAt(path, value)).toEqual(problems.map((problem) => `  - ${problem}`));
  });
});

describe("what is missing, of another type or malformed is reported once, with its place and what it must be", () => {
  const duration = 'a duration such as "500ms", "15s" or "3m"';
  test.for<[string, unknown, string]>([
    ["services.api.validations", undefined, "services.api.validations: is missing: it must be an object"],
    [
      "services.api.env.X",
      undefined,
      'services.api.env.X: is missing: it must be a text, secret("name"), urlOf("service") or passThrough("VARIABLE")',
    ],
    [
      "services.api.healthcheck",
      "curl localhost",
      'services.api.healthcheck: must be an object such as { command: ["CMD", "pg_isready"], interval: "2s" }, and is a text',
    ],
    ["failureHandling", undefined, "failureHandling: is missing: it must be an object"],
    [
      "services.api.command",
      "node x",
      'services.api.command: must be a list of texts, such as ["node", "main.js"], and is a text',
    ],
    ["services.api.image", "", 'services.api.image: must be an image reference such as "redis:7"'],
    [
      "services.api.image",
      "redis: 7",
      'services.api.image: "redis: 7" is not an image reference such as "redis:7"',
    ],
    [
      "services.api.image",
      undefined,
      'services.api.image: is missing: it must be an image reference such as "redis:7", bundle("services/api/main.ts") or dockerfile("services/api")',
    ],
    ["phases.data.timeout", "0s", 'phases.data.timeout: "0s" is out of range: it must be from 1ms to 168h'],
    [
      "phases.data.timeout",
      "99999999999h",
      'phases.data.timeout: "99999999999h" is out of range: it must be from 1ms to 168h',
    ],
    ["phases.data.timeout", "1 minute", `phases.data.timeout: "1 minute" is not ${duration}`],
    ["phases.data.timeout", 60, `phases.data.timeout: must be ${duration}, and is 60`],
    [
      "phases.data.timeout",
      "168h",
      "phases.data.timeout: 168h times the multiplier 1.5 of development is longer than 168h",
    ],
    [
      "services.cache.volumes.data",
      "data",
      'services.cache.volumes.data: "data" is not an absolute path such as "/var/lib/postgresql/data"',
    ],
    [
      "services.cache.volumes.data",
      "/data:ro",
      'services.cache.volumes.data: "/data:ro" is not an absolute path such as "/var/lib/postgresql/data"',
    ],
    [
      "services.cache.maxMemory",
      "64",
      'services.cache.maxMemory: "64" is not an amount of memory such as "64mb"',
    ],
    ["services.api.publish", 1000, "services.api.publish: must be a whole number from 0 to 999, and is 1000"],
    [
      "failureHandling.maxRetries",
      -1,
      "failureHandling.maxRetries: must be a whole number from 0 to 100, and is -1",
    ],
    [
      "supervision.interval",
      "500ms",
      'supervision.interval: "500ms" is out of range: it must be from 1s to 168h',
    ],
    [
      "supervision.failureThreshold",
      0,
      "supervision.failureThreshold: must be a whole number from 1 to 100, and is 0",
    ],
    [
      "services.api.supervision.intensity",
      5,
      'services.api.supervision.intensity: must be an object such as { restarts: 5, within: "10m" }, and is 5',
    ],
    ...["often", true].map((slow): [string, unknown, string] => [
      "services.api.supervision.slow",
      slow,
      `services.api.supervision.slow: must be an object such as { window: "10m", baseline: "24h", factor: 3 }, or false${slow === true ? ", and is true" : ""}`,
    ]),
    [
      "supervision.slow",
      { window: "1h", baseline: "24h", factor: 1 },
      "supervision.slow.factor: must be a number above 1 and at most 1000, and is 1",
    ],
    [
      "services.api.validations.ready.answers.whenFailing",
      "ignore",
      'services.api.validations.ready.answers.whenFailing: there is no "ignore"; there are restart, report',
    ],
    ["services.api.kind", "htpp", 'services.api.kind: there is no "htpp"; did you mean "http"?'],
    ["services.cache.password", "hunter2", 'services.cache.password: must be secret("name"), and is a text'],
    [
      "services.api.validations.ready.answers",
      "GET /",
      'services.api.validations.ready.answers: must be a probe such as get("/health"), and is a text',
    ],
    [
      "needs.api",
      "cache",
      'needs.api: must be a list of names, or an object such as { database: "restart" }, and is a text',
    ],
    [
      "needs.api",
      { cache: "reload" },
      'needs.api.cache: there is no "reload"; there are restart, revalidate, ignore',
    ],
  ])("%s: %j", ([path, value, problem]) => {
    expect(problemsAt(path, value)).toEqual([`  - ${problem}`]);
  });

  test("a value is not shown where it may be a secret", () => {
    expect(problemsAt("services.cache.password", "hunter2").join()).not.toContain("hunter2");
    expect(problemsAt("services.cache.env", { TOKEN: ["hunter2"] }).join()).not.toContain("hunter2");
    expect(problemsAt("services.cache.password", { secret: "hunter2, please" })).toEqual([
      '  - services.cache.password.secret: must be the name of a secret such as "databasePassword": letters, digits, dashes and underscores',
    ]);
    const url = { urlOf: "cache", path: "0?password=hunter2" };
    expect(problemsAt("services.api.env.URL", url)).toEqual([
      '  - services.api.env.URL.path: must be a path such as "/app?sslmode=disable"',
    ]);
  });
});

test("validations of which there are none are said to be empty, and not said to be undefined", () => {
  expect(problemsAt("services.api.validations", {})).toEqual([
    '  - services.api.validations: are empty: the phase application asks for "ready"',
  ]);
  expect(problemsAt("services.api.validations", { ready: {} })).toEqual([
    "  - services.api.validations.ready: is empty: it has no probes",
  ]);
});

test.for(["constructor", "toString", "hasOwnProperty"])(
  "a service called %s is refused by its name",
  (name) => {
    expect(problemsAt(`services.${name}`, shop.services["api"])).toEqual([
      `  - services.${name}: the name is JavaScript's own: take another one`,
    ]);
  },
);

test("a service called __proto__ does not vanish", () => {
  const literal: unknown = { __proto__: shop.services["api"], api: shop.services["api"] };
  const changed = { ...shop, services: literal } as StackDeclaration;
  expect(() => resolvePlan(changed, profile, "dev")).toThrow(
    'services: must be plain data: its key "__proto__" set its prototype, and nothing else',
  );
  const own: unknown = JSON.parse('{ "__proto__": {} }');
  expect(() => resolvePlan({ ...shop, services: own } as StackDeclaration, profile, "dev")).toThrow(
    'services: must have no key "__proto__"',
  );
});

test("a policy for all is reported by its own place, and not once a service", () => {
  expect(problemsAt("failureHandling.backoff", { multiplier: 0.5, max: "30" })).toEqual([
    "  - failureHandling.backoff.multiplier: must be a number from 1 to 100, and is 0.5",
    '  - failureHandling.backoff.max: "30" is not a duration such as "500ms", "15s" or "3m"',
  ]);
});

test("misspelt keys and names that do not exist are reported together", () => {
  const changed = {
    ...shop,
    phases: {
      ...shop.phases,
      application: { ...shop.phases["application"], dependOn: ["data"], services: ["apii"] },
    },
  } as unknown as StackDeclaration;
  expect(() => resolvePlan(changed, profile, "dev")).toThrow(
    [
      "the declaration shop has problems:",
      '  - phases.application.dependOn: is not known here; did you mean "dependsOn"?',
      '  - phases.application.services[0]: there is no service "apii"; did you mean "api"?',
      "  - services.api: the service api is in no phase",
    ].join("\n"),
  );
});

test("what would be overruled in silence is a problem", () => {
  expect(problemsAt("services.cache.env", { REDISCLI_AUTH: "x" })).toEqual([
    "  - services.cache.env.REDISCLI_AUTH: is what the option password sets: say it there",
  ]);
  const file = { "/usr/local/etc/redis/redis.conf": ["save 60 1"] };
  expect(problemsAt("services.cache.files", file)).toEqual([
    '  - services.cache.files["/usr/local/etc/redis/redis.conf"]: is written by redis(): its settings are options',
  ]);
  const worker = service({
    image: "worker:1",
    publish: 3,
    validations: { ready: { listens: tcp(1, { level: "basic" }) } },
  });
  expect(problemsAt("services.api", worker)).toEqual([
    "  - services.api.publish: there is no port to publish: say the service's own in port",
  ]);
});

test("every validation is looked at, and not only the one that a phase asks for", () => {
  const validations = { ...shop.services["api"]?.validations, spare: { cached: { kind: "redis-ping" } } };
  expect(problemsAt("services.api.validations", validations)).toEqual([
    "  - services.api.validations.spare.cached: an http service does not speak redis",
  ]);
});

test("a service's name of one letter is a host name", () => {
  const { api: a, ...others } = shop.services;
  const phases = { ...shop.phases, application: { ...shop.phases["application"], services: ["a"] } };
  const changed = { ...shop, services: { ...others, a }, phases, needs: {} } as StackDeclaration;
  expect(Object.keys(resolvePlan(changed, profile, "dev").services)).toEqual(["cache", "a"]);
});

test("a declaration that is none is said to be", () => {
  for (const nothing of [undefined, null, 3, "shop", []])
    expect(() => resolvePlan(nothing as unknown as StackDeclaration, profile, "dev")).toThrow(
      /^a declaration has problems:\n {2}- \(top\): (is missing: it )?must be made by defineStack\(\)/,
    );
});

describe("how services are watched", () => {
  const slow = (window: string, baseline: string) => ({ window, baseline, factor: 3 });

  test("a window is shorter than its baseline, wherever they stand", () => {
    for (const [at, owner] of [
      ["supervision", ""],
      ["services.api.supervision", "services.api."],
    ] as const)
      expect(problemsAt(at, { slow: slow("1h", "60m") })).toEqual([
        `  - ${owner}supervision.slow.window: 1h is not shorter than the baseline of 60m`,
      ]);
  });

  test("a window and a baseline have room for the attempts that are needed, slow as these may be", () => {
    // An attempt every 30s, which may take 5s.
    const needed = (attempts: number) =>
      `has no room for ${attempts} attempts on api, one in 35s if they take as long as they may in development`;
    expect(problemsAt("services.api.supervision", { slow: slow("699s", "24h") })).toEqual([
      `  - services.api.supervision.slow.window: 699s ${needed(20)}: make it 700s at least`,
    ]);
    expect(problemsAt("services.api.supervision", { slow: slow("700s", "2799s") })).toEqual([
      `  - services.api.supervision.slow.baseline: 2799s ${needed(60)}: make it 2800s at least, the window included`,
    ]);
    expect(problemsAt("services.api.supervision", { slow: slow("700s", "2800s") })).toEqual([]);
    const often = { interval: "1s", slow: slow("120s", "8m") };
    expect(problemsAt("services.api.supervision", often)).toEqual([]);
    expect(problemsAt("supervision", often)).toEqual([]);
  });

  test("the bound of a stack is held to the service that is probed least often, of those that have none of their own", () => {
    const services = {
      ...shop.services,
      api: { ...shop.services["api"], supervision: { interval: "2m" } },
    };
    const stack = { ...shop, services, supervision: { slow: slow("15m", "24h") } };
    expect(() => resolvePlan(stack as StackDeclaration, profile, "dev")).toThrow(
      /^ {2}- supervision\.slow\.window: 15m has no room for 20 attempts on api, one in 125s .* make it 2500s at least$/m,
    );
    services.api = { ...services.api, supervision: { interval: "2m", slow: false } as never };
    expect(() => resolvePlan(stack as StackDeclaration, profile, "dev")).not.toThrow();
  });

  test("what the failing of a part, or of a job's probe, means is refused", () => {
    const part = { ...tcp(80), whenFailing: "report" };
    const probe = { kind: "all", parts: [tcp(80), { kind: "not", part }], level: "basic" };
    expect(problemsAt("services.api.validations.ready.answers", probe)).toEqual([
      "  - services.api.validations.ready.answers.parts[1].part.whenFailing: it is the whole that passes or fails: say it there",
    ]);
    expect(
      problemsAt("services.api.validations.ready.answers", {
        ...probe,
        parts: [tcp(80)],
        whenFailing: "report",
      }),
    ).toEqual([]);
    const once = (probe: object) => ({
      kind: "job",
      image: "api:1",
      validations: { ready: { done: { timeout: "1s", level: "basic", ...probe, whenFailing: "restart" } } },
    });
    for (const probe of [
      { kind: "completed", exitCode: 0 },
      { kind: "log-line", pattern: { source: "done", flags: "" } },
    ])
      expect(problemsAt("services.api", once(probe))).toEqual([
        "  - services.api.validations.ready.done.whenFailing: means nothing: a job's probes are over when it is ready",
      ]);
  });

  test("a job says when it runs, and how often it may be run again", () => {
    const once = { kind: "job", image: "api:1", supervision: { interval: "5s" } };
    expect(problemsAt("services.api", once)).toEqual([
      "  - services.api.supervision.interval: is not known here; there is intensity",
    ]);
    expect(problemsAt("services.api", { kind: "job", image: "api:1", runs: "always" })).toEqual([
      '  - services.api.runs: must be "once", "whenChanged" or "everyUp"',
    ]);
    const supervision = { intensity: { restarts: 0, within: "1h" } };
    expect(problemsAt("services.api", { ...once, supervision })).toEqual([]);
  });
});
