import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import type { PlanView } from "../../../lib/review/plan-view.ts";
import { viewPlan } from "../../../lib/review/plan-view.ts";
import { strengthenings, weakenings } from "../../../lib/review/weakening.ts";
import { changedView, planView } from "../../support/plan-views.ts";

const base = planView();
const probes = (service: string, ...path: string[]) => ["services", service, "readiness", "probes", ...path];

/** One with mounts, of which a change makes more of the host's. */
const mounts = (...path: string[]) => ["services", "auth", "mounts", ...path];
const mounting = changedView(base, [[mounts(), { "/data": { hostFolder: "data", writable: false } }]]);

const supervision = (...path: string[]) => ["services", "auth", "supervision", ...path];
/** One of which everything is watched. */
const watched = changedView(base, [
  [supervision("successThreshold"), 2],
  [supervision("slow"), { window: "10m", baseline: "24h", factor: 3 }],
]);
/** One whose incidents reach somebody. */
const alerted = changedView(base, [
  [["alerting"], { after: "30s", repeat: "4h", sinks: { pager: { kind: "slack", url: "http://pager" } } }],
]);

type Change = readonly [readonly string[], Json | undefined];
const found = (before: PlanView, after: PlanView) =>
  weakenings(before, after).map(({ rule, name, what }) => [rule, name, what].join(" | "));

describe("a change that proves less is found, and its way back is a strengthening", () => {
  test.for<[string, Change, string]>([
    [
      "a longer interval",
      [["healthCheckInterval"], "11s"],
      "looser stack healthCheckInterval |  | healthCheckInterval",
    ],
    [
      "a longer budget",
      [["phases", "infrastructure", "budget"], "4m"],
      "looser phase budget | infrastructure | budget",
    ],
    [
      "a longer budget of one",
      [["services", "auth", "readiness", "budget"], "121s"],
      "looser service readiness.budget | auth | budget",
    ],
    [
      "more restarts",
      [["services", "auth", "readiness", "restarts", "maxRetries"], 4],
      "looser service readiness.restarts.maxRetries | auth | restarts.maxRetries",
    ],
    [
      "a longer attempt",
      [probes("redis", "connectivity", "timeout"), "6s"],
      "looser probe timeout | redis | connectivity.timeout",
    ],
    [
      "fewer rows",
      [probes("postgres", "migrationsComplete", "rows", "atLeast"), 0],
      "looser probe rows.atLeast | postgres | migrationsComplete.rows.atLeast",
    ],
    [
      "no bound on speed",
      [probes("postgres", "performanceReady", "p95"), undefined],
      "looser probe p95 | postgres | performanceReady.p95",
    ],
    [
      "a slower bound",
      [probes("redis", "performanceReady", "p95", "under"), "1s"],
      "looser probe p95.under | redis | performanceReady.p95.under",
    ],
    [
      "fewer samples",
      [probes("redis", "performanceReady", "p95", "samples"), 99],
      "looser probe p95.samples | redis | performanceReady.p95.samples",
    ],
    [
      "fewer connections",
      [probes("postgres", "connectionPoolReady", "count"), 19],
      "looser probe count | postgres | connectionPoolReady.count",
    ],
    [
      "a fuller memory",
      [probes("redis", "memoryAllocation", "under"), 0.95],
      "looser probe under | redis | memoryAllocation.under",
    ],
    [
      "a status more",
      [probes("auth", "jwtValidationReady", "status"), [200, 204]],
      "looser probe status | auth | jwtValidationReady.status",
    ],
    [
      "no body expected",
      [probes("auth", "jwtValidationReady", "json"), undefined],
      "looser probe json | auth | jwtValidationReady.json",
    ],
    [
      "less of a body",
      [probes("auth", "jwtValidationReady", "json"), {}],
      "looser probe json | auth | jwtValidationReady.json",
    ],
    [
      "no answer expected",
      [probes("frontend", "websocketConnectivity", "expect"), undefined],
      "looser probe expect | frontend | websocketConnectivity.expect",
    ],
    [
      "a probe less",
      [probes("auth", "jwtValidationReady"), undefined],
      "probe-removed | auth | jwtValidationReady",
    ],
    [
      "a probe of a higher level",
      [probes("auth", "jwtValidationReady", "level"), "production"],
      "probe-level-raised | auth | jwtValidationReady.level",
    ],
    [
      "an edge less",
      [["services", "backend", "needs", "redis"], undefined],
      "need-removed | backend | needs.redis",
    ],
    [
      "a weaker policy",
      [["services", "backend", "needs", "redis"], "revalidate"],
      "policy-lowered | backend | needs.redis",
    ],
    [
      "no policy",
      [["services", "backend", "needs", "redis"], "ignore"],
      "policy-lowered | backend | needs.redis",
    ],
    [
      "a phase that waits for less",
      [["phases", "frontendServices", "dependsOn"], ["infrastructure"]],
      "order-lost | frontend | starts after",
    ],
    ["a lower level", [["validationLevel"], "basic"], "level-lowered |  | validationLevel"],
  ])("%s", ([, change, expected]) => {
    const weaker = changedView(base, [change]);
    expect(found(base, weaker)).toEqual([expected]);
    expect(strengthenings(base, weaker)).toEqual([]);
    expect(weakenings(weaker, base)).toEqual([]);
    expect(strengthenings(weaker, base).map(({ name, what }) => `${name} | ${what}`)).toEqual([
      expected.split(" | ").slice(1).join(" | "),
    ]);
  });

  test.for<[string, Change, string, string]>([
    ["a later alert", [["alerting", "after"], "1m"], "looser stack alerting.after", "alerting.after"],
    ["a rarer alert", [["alerting", "repeat"], "5h"], "looser stack alerting.repeat", "alerting.repeat"],
    ["no alert", [["alerting", "sinks", "pager"], undefined], "sink-removed", "alerting.sinks.pager"],
  ])("%s", ([, change, rule, what]) => {
    const weaker = changedView(alerted, [change]);
    expect(found(alerted, weaker)).toEqual([`${rule} |  | ${what}`]);
    expect(strengthenings(alerted, weaker)).toEqual([]);
    expect(weakenings(weaker, alerted)).toEqual([]);
  });

  test.for<[string, Change, string]>([
    ["a longer interval of one", [supervision("interval"), "11s"], "supervision.interval"],
    ["more failures once ready", [supervision("failureThreshold"), 4], "supervision.failureThreshold"],
    ["no word of slowness", [supervision("slow"), undefined], "supervision.slow"],
    ["a longer window", [supervision("slow", "window"), "11m"], "supervision.slow.window"],
    ["a larger factor", [supervision("slow", "factor"), 3.5], "supervision.slow.factor"],
    ["fewer passes once ready", [supervision("successThreshold"), 1], "supervision.successThreshold"],
  ])("%s", ([, change, what]) => {
    const weaker = changedView(watched, [change]);
    expect(found(watched, weaker)).toEqual([`looser service ${what} | auth | ${what}`]);
    expect(strengthenings(watched, weaker)).toEqual([]);
    expect(weakenings(weaker, watched)).toEqual([]);
    expect(strengthenings(weaker, watched)).toHaveLength(1);
  });

  test("an interval of the environment is said once, and that of one service beside it", () => {
    const [often, seldom] = ["10s" as const, "20s" as const].map((healthCheckInterval) =>
      planView({ healthCheckInterval }),
    ) as [PlanView, PlanView];
    expect(found(often, seldom)).toEqual(["looser stack healthCheckInterval |  | healthCheckInterval"]);
    const own = changedView(seldom, [[supervision("interval"), "30s"]]);
    expect(found(often, own)).toEqual([
      "looser stack healthCheckInterval |  | healthCheckInterval",
      "looser service supervision.interval | auth | supervision.interval",
    ]);
  });

  test("a probe whose failing is only reported, by its own word or where it was left to the default", () => {
    const path = probes("auth", "jwtValidationReady", "whenFailing");
    const saying = (value: string | undefined) =>
      value === undefined ? base : changedView(base, [[path, value]]);
    const order = ["restart", undefined, "report"];
    const expected = "consequence-lowered | auth | jwtValidationReady.whenFailing";
    for (const [i, from] of order.entries())
      for (const [j, to] of order.entries())
        expect(found(saying(from), saying(to)), `${from} to ${to}`).toEqual(j > i ? [expected] : []);
    // Together with another kind of question, too.
    const tcp = { kind: "tcp", timeout: "5s", level: "basic", mutates: false, port: 1 };
    const probe = probes("auth", "jwtValidationReady");
    expect(found(saying("restart"), changedView(base, [[probe, { ...tcp, whenFailing: "report" }]]))).toEqual(
      ["probe-replaced | auth | jwtValidationReady.kind", expected],
    );
    // It says nothing of what passes.
    const all = {
      ...tcp,
      kind: "all",
      parts: [base.services["auth"]?.probes["jwtValidationReady"]?.json ?? {}],
    };
    expect(
      found(saying("restart"), changedView(base, [[probe, { ...all, whenFailing: "restart" }]])),
    ).toEqual([]);
  });

  test("fewer passes in a row", () => {
    const strict = changedView(base, [[["services", "auth", "readiness", "successThreshold"], 3]]);
    expect(found(strict, base)).toEqual([
      "looser service readiness.successThreshold | auth | successThreshold",
    ]);
  });

  test("ready for less long before it counts, or not at all", () => {
    const path = ["services", "auth", "readiness", "minReady"];
    const strict = changedView(base, [[path, "2s"]]);
    for (const weaker of [base, changedView(base, [[path, "1s"]])]) {
      expect(found(strict, weaker)).toEqual(["looser service readiness.minReady | auth | minReady"]);
      expect(found(weaker, strict)).toEqual([]);
      expect(strengthenings(weaker, strict)).toHaveLength(1);
    }
  });

  test("more failures in a row", () => {
    const patient = changedView(base, [[["services", "auth", "readiness", "failureThreshold"], 3]]);
    expect(found(base, patient)).toEqual([
      "looser service readiness.failureThreshold | auth | failureThreshold",
    ]);
  });

  test("a longer budget of edges, where the level proves them", () => {
    const path = ["phases", "businessServices", "edgeBudget"];
    const rehearsal = planView({ validationLevel: "productionSimulation" });
    expect(found(rehearsal, changedView(rehearsal, [[path, "60s"]]))).toEqual([
      "looser phase edgeBudget | businessServices | edgeBudget",
    ]);
    expect(found(base, changedView(base, [[path, "60s"]]))).toEqual([]);
  });

  test("a bound on the most rows, raised or taken away", () => {
    const path = probes("postgres", "migrationsComplete", "rows", "atMost");
    const bounded = changedView(base, [[path, 1]]);
    const expected = ["looser probe rows.atMost | postgres | migrationsComplete.rows.atMost"];
    expect(found(bounded, changedView(base, [[path, 2]]))).toEqual(expected);
    expect(found(bounded, base)).toEqual(expected);
  });

  test("a probe that writes now, in production only", () => {
    const path = probes("auth", "jwtValidationReady", "mutates");
    const production = planView({ validationLevel: "production" });
    expect(found(production, changedView(production, [[path, true]]))).toEqual([
      "probe-writes-now | auth | jwtValidationReady.mutates",
    ]);
    expect(found(base, changedView(base, [[path, true]]))).toEqual([]);
  });

  test("a probe of a higher level that writes now, blamed on what keeps it from being enabled", () => {
    const basic = planView({ validationLevel: "basic" });
    const probe = probes("auth", "databasePoolReady");
    const after = changedView(basic, [
      [[...probe, "mutates"], true],
      [[...probe, "level"], "comprehensive"],
    ]);
    expect(found(basic, after)).toEqual(["probe-level-raised | auth | databasePoolReady.level"]);
  });

  test("another kind of question under the same name", () => {
    const tcp = { kind: "tcp", timeout: "5s", level: "basic", mutates: false, port: 6379 };
    expect(found(base, changedView(base, [[probes("redis", "connectivity"), tcp]]))).toEqual([
      "probe-replaced | redis | connectivity.kind",
    ]);
  });

  test("a composite that lets more through, by a part less or by a looser part", () => {
    const part = (port: number, timeout = "5s") => ({
      kind: "tcp",
      timeout,
      level: "basic",
      mutates: false,
      port,
    });
    const composite = (kind: string, ...parts: readonly Json[]) =>
      changedView(base, [
        [probes("redis", "connectivity"), { kind, timeout: "9s", level: "basic", mutates: false, parts }],
      ]);
    const both = composite("all", part(1), part(2));
    const expected = ["composite-looser | redis | connectivity"];
    expect(found(both, composite("all", part(1)))).toEqual(expected);
    expect(found(both, composite("all", part(1), part(2, "6s")))).toEqual(expected);
    expect(found(composite("any", part(1)), composite("any", part(1), part(2)))).toEqual(expected);
    expect(found(composite("all", part(1)), both)).toEqual([]);
    expect(strengthenings(composite("all", part(1)), both)).toHaveLength(1);
    expect(found(both, composite("any", part(1), part(2)))).toEqual([
      "probe-replaced | redis | connectivity.kind",
    ]);
    expect(found(composite("any", part(1), part(2)), both)).toEqual([]);
    // Neither is the other's: a person has to judge.
    expect(found(both, composite("all", part(1), part(3)))).toEqual([]);
  });

  test("a job that is gone", () => {
    const gone = changedView(base, [
      [["services", "migrations"], undefined],
      [
        ["phases", "infrastructure", "services"],
        ["postgres", "redis", "clickhouse"],
      ],
    ]);
    expect(found(base, gone)).toEqual(["job-removed | migrations | job"]);
  });

  test("a job that an up runs less often", () => {
    const runs = (value: string | undefined) =>
      changedView(base, [[["services", "migrations", "runs"], value]]);
    const [once, whenChanged, everyUp] = [runs("once"), runs(undefined), runs("everyUp")];
    for (const [before, after] of [
      [everyUp, whenChanged],
      [everyUp, once],
      [whenChanged, once],
    ] as const) {
      expect(found(before, after)).toEqual(["job-run-less | migrations | runs"]);
      expect(found(after, before)).toEqual([]);
    }
  });

  test("a level that asks fewer probes names them, whichever way it goes", () => {
    const rehearsal = planView({ validationLevel: "productionSimulation" });
    const production = planView({ validationLevel: "production" });
    expect(weakenings(rehearsal, production)).toMatchObject([
      { rule: "level-lowered", note: "no longer enabled: frontend.endToEndFlow" },
    ]);
    expect(weakenings(rehearsal, base)).toMatchObject([
      { rule: "level-lowered", note: "no edge is proven from the dependent's side" },
    ]);
    const notBasic = Object.entries(base.services).flatMap(([service, own]) =>
      Object.entries(own.probes).flatMap(([probe, { level }]) =>
        level === "basic" ? [] : [`${service}.${probe}`],
      ),
    );
    expect(weakenings(base, planView({ validationLevel: "basic" }))).toMatchObject([
      { rule: "level-lowered", note: `no longer enabled: ${notBasic.join(", ")}` },
    ]);
  });
});

describe("a change that proves no less is not found", () => {
  test.for<[string, readonly Change[]]>([
    ["another image", [[["services", "redis", "image", "reference"], "redis:8"]]],
    [
      "another order of an order that stays",
      [[["phases", "applicationServices", "dependsOn"], ["businessServices"]]],
    ],
    ["a longer back-off", [[["services", "auth", "readiness", "restarts", "backoff", "max"], "60s"]]],
    ["fewer restarts", [[supervision("intensity", "restarts"), 1]]],
    ["another time in which restarts count", [[supervision("intensity", "within"), "1h"]]],
    ["how a job would be watched", [[["services", "migrations", "supervision", "failureThreshold"], 9]]],
    ["a gate that fails fast", [[["services", "auth", "readiness", "failFast"], true]]],
    ["another grace", [[["services", "auth", "readiness", "grace"], "1s"]]],
    ["attempts that are further apart", [[["services", "auth", "readiness", "cadence", "max"], "5s"]]],
    ["another question of the same kind", [[probes("auth", "jwtValidationReady", "path"), "/other"]]],
    [
      "a probe under another name",
      [
        [probes("redis", "pings"), base.services["redis"]?.probes["connectivity"]?.json],
        [probes("redis", "connectivity"), undefined],
      ],
    ],
    [
      "fields that this version does not know",
      [
        [["colour"], "red"],
        [["services", "auth", "sidecars"], ["front"]],
        [["services", "auth", "readiness", "patience"], "endless"],
      ],
    ],
  ])("%s", ([, changes]) => {
    const after = changedView(base, changes);
    expect(after.json).not.toEqual(base.json);
    expect(found(base, after)).toEqual([]);
    expect(found(after, base)).toEqual([]);
  });

  test("a level and a policy that this version does not know", () => {
    const newer = changedView(base, [
      [["validationLevel"], "paranoid"],
      [["services", "backend", "needs", "redis"], "drain"],
    ]);
    expect(found(base, newer)).toEqual([]);
    expect(found(newer, base)).toEqual([]);
  });

  test("another baseline of slowness", () => {
    const other = changedView(watched, [[supervision("slow", "baseline"), "48h"]]);
    expect(found(watched, other)).toEqual([]);
    expect(found(other, watched)).toEqual([]);
  });

  test("a looser bound of a probe that this environment does not ask", () => {
    const basic = planView({ validationLevel: "basic" });
    const path = probes("redis", "performanceReady", "p95", "under");
    expect(found(basic, changedView(basic, [[path, "1s"]]))).toEqual([]);
  });

  test("a service that is gone with its probes", () => {
    const gone = changedView(base, [
      [["services", "frontend"], undefined],
      [["phases", "frontendServices"], undefined],
    ]);
    expect(found(base, gone)).toEqual([]);
  });
});

test("a change in both directions counts as weaker", () => {
  const path = probes("auth", "jwtValidationReady", "json");
  const other = changedView(base, [[path, { alive: true }]]);
  expect(found(base, other)).toHaveLength(1);
  expect(strengthenings(base, other)).toEqual([]);
});

test("a plan of version 1, which called a readiness spec an expectation, is read as one of today", () => {
  const json = base.json as { services: Record<string, Record<string, Json>> };
  const services = Object.entries(json.services).map(([name, { readiness = null, ...rest }]) => [
    name,
    { ...rest, expectation: readiness },
  ]);
  const early = viewPlan({ ...json, version: 1, services: Object.fromEntries(services) as Json });
  expect(early).toEqual(base);
});

test("a plan whose needs are a list is read as one with a policy for each", () => {
  const json = base.json as { services: { backend: Record<string, Json> } };
  const early = viewPlan({
    ...json,
    services: {
      ...json.services,
      backend: { ...json.services.backend, needs: ["auth"], onDependencyChange: "revalidate" },
    },
  });
  expect(early.services["backend"]?.needs).toEqual({ auth: "revalidate" });
  expect(viewPlan(early.json).json).toEqual(early.json);
});

test("a plan from before services said how they are watched is read with the defaults of today", () => {
  const { json } = planView({ healthCheckInterval: "20s" });
  const { services, ...rest } = json as { services: Record<string, Record<string, Json>> };
  const early = Object.entries(services).map(([name, { supervision: _, ...service }]) => [name, service]);
  expect(viewPlan({ ...rest, services: Object.fromEntries(early) as Json })).toEqual(
    planView({ healthCheckInterval: "20s" }),
  );
});

describe("mounts of the host", () => {
  test("one that is writable now is weaker, and the way back is stronger", () => {
    const writable = changedView(mounting, [[mounts("/data", "writable"), true]]);
    expect(found(mounting, writable)).toEqual(['host-writable | auth | mounts["/data"]']);
    expect(found(writable, mounting)).toEqual([]);
    expect(strengthenings(writable, mounting)).toMatchObject([{ rule: "host-writable" }]);
  });

  test("another folder under a writable one is weaker, a volume is not", () => {
    const writable = changedView(mounting, [[mounts("/data"), { hostFolder: "data", writable: true }]]);
    const wider = changedView(mounting, [[mounts("/data"), { hostFolder: "/", writable: true }]]);
    const volume = changedView(mounting, [[mounts("/data"), { volume: "data", readOnly: false }]]);
    expect(found(writable, wider)).toEqual(['engine-mounted | auth | mounts["/data"]']);
    expect(found(mounting, volume)).toEqual([]);
  });

  test.for(["/var/run/docker.sock", "/run/", "/run/containerd/containerd.sock", "/var/../run/docker.sock"])(
    "%s gives the engine, read-only or not",
    (path) => {
      for (const writable of [true, false]) {
        const after = changedView(base, [[mounts(), { "/socket": { hostFile: path, writable } }]]);
        expect(found(base, after)).toEqual(['engine-mounted | auth | mounts["/socket"]']);
      }
    },
  );
});

describe("published ports", () => {
  const ports = (...path: string[]) => ["services", "auth", "ports", ...path];
  const at = (ip?: string) =>
    changedView(base, [
      [
        ports(),
        { metrics: { container: 9100, protocol: "tcp", ...(ip && { published: { ip, port: 9100 } }) } },
      ],
    ]);

  test.for([
    [undefined, "0.0.0.0"],
    ["127.0.0.1", "192.168.1.7"],
    ["192.168.1.7", "0.0.0.0"],
    ["::1", "::"],
  ] as const)("from %s to %s is weaker, and the way back is stronger", ([from, to]) => {
    expect(found(at(from), at(to))).toEqual(["published-wider | auth | ports.metrics.published.ip"]);
    expect(found(at(to), at(from))).toEqual([]);
    expect(strengthenings(at(to), at(from))).toMatchObject([{ rule: "published-wider" }]);
  });

  test("on loopback is nobody's gain, and a new port at every address is weaker", () => {
    expect(found(at(), at("127.0.0.1"))).toEqual([]);
    expect(found(base, at("0.0.0.0"))).toEqual(["published-wider | auth | ports.metrics.published.ip"]);
  });
});
