import { describe, expect, test } from "vitest";
import { figuresText, isWithinTargets } from "../../../lib/cli/figures-text.ts";
import { pastMs, withParity } from "../../../lib/cli/report-figures.ts";
import { tableWidth } from "../../../lib/core/layout.ts";
import type { FigureDependencies } from "../../../lib/figures/figures.ts";
import { figures } from "../../../lib/figures/figures.ts";
import type { Figure, FigureFacts, FigureName, SentAlert } from "../../../lib/model/figures.ts";
import { figureNames } from "../../../lib/model/figures.ts";
import type { Incident } from "../../../lib/model/transition.ts";
import { dayMs, figureFacts, minuteMs, sinceMs, startFact, timeline } from "../../support/figure-facts.ts";
import { incident } from "../../support/transitions.ts";

const services = ["redis", "auth"].map((name) => ({ name, started: true, scheduled: false }));

function figureOf(
  name: FigureName,
  facts: Partial<FigureFacts>,
  dependencies: Partial<FigureDependencies> = {},
): Figure {
  const all = figures(figureFacts(facts), {
    ...{ services, alerts: undefined },
    ...dependencies,
  });
  const found = all.figures.find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

const some = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe("starts that succeed", () => {
  const good = (count: number) => some(count, (i) => startFact("redis", sinceMs + i, 1000));
  const failed = { outcome: "failed", readyMs: undefined, reason: "deadline" } as const;

  test("of two are too few, and of 598 enough", () => {
    expect(figureOf("startSuccess", { starts: good(2) })).toMatchObject({
      ...{ measured: 1, events: 2, of: "start", verdict: "tooFew" },
      notes: ["it takes 598 with none that fails"],
    });
    expect(figureOf("startSuccess", { starts: good(598) })).toMatchObject({ verdict: "met", notes: [] });
  });

  test("count those that failed, and one whose container never started; not what somebody ended or what is proven again", () => {
    const starts = [
      ...good(16),
      startFact("auth", sinceMs, 0, failed),
      startFact("auth", sinceMs, 0, { ...failed, reason: "exited", fromStart: false, startedMs: undefined }),
      startFact("auth", sinceMs, 0, { ...failed, reason: "stopped" }),
      startFact("auth", sinceMs, 0, { ...failed, reason: "gone" }),
      startFact("auth", sinceMs, 0, { ...failed, fromStart: false }),
      startFact("auth", sinceMs, 5, { fromStart: false }),
    ];
    expect(figureOf("startSuccess", { starts })).toMatchObject({
      ...{ measured: 16 / 18, events: 18, verdict: "missed", notes: ["2 failed, most of them auth"] },
    });
  });

  test("are counted from where all of them are kept", () => {
    const completeFromMs = { ...figureFacts().completeFromMs, starts: sinceMs + 10 };
    expect(figureOf("startSuccess", { starts: good(30), completeFromMs })).toMatchObject({
      ...{ events: 20, sinceMs: sinceMs + 10 },
    });
  });
});

describe("the time to ready of all", () => {
  const whole = (atMs: number, tookMs: number) => [
    startFact("redis", atMs, 1000),
    startFact("auth", atMs + 2000, tookMs - 2000),
  ];

  test("is from the first container's start to the last readiness, of times when all were started", () => {
    const starts = some(5, (i) => whole(sinceMs + i * dayMs, 40_000 + i * 1000)).flat();
    expect(figureOf("timeToReady", { starts })).toMatchObject({
      ...{ measured: 42_000, events: 5, verdict: "met", notes: ["the longest 44.0s"] },
    });
    expect(figureOf("timeToReady", { starts: starts.slice(0, 8) })).toMatchObject({
      events: 4,
      verdict: "tooFew",
    });
  });

  test("does not wait for what no start of all starts", () => {
    const others = [
      { name: "warehouse", started: false, scheduled: false },
      { name: "report", started: false, scheduled: true },
    ];
    const starts = ["redis", "auth"].map((name) => startFact(name, sinceMs, 1000));
    expect(figureOf("timeToReady", { starts }, { services: [...services, ...others] })).toMatchObject({
      ...{ measured: 1000, events: 1 },
    });
  });

  test("is none of services that are started one by one", () => {
    const starts = [startFact("redis", sinceMs, 1000), startFact("auth", sinceMs + 5 * minuteMs, 1000)];
    expect(figureOf("timeToReady", { starts })).toMatchObject({
      measured: null,
      events: 0,
      verdict: "tooFew",
    });
  });

  test("goes on where a service is started once more before all are ready", () => {
    const starts = [
      startFact("redis", sinceMs, 1000),
      startFact("auth", sinceMs + 2000, 90_000),
      startFact("redis", sinceMs + 30_000, 200_000),
    ];
    expect(figureOf("timeToReady", { starts }).measured).toBe(230_000);
  });

  test("is missed where the mean is, however short most are", () => {
    const starts = some(6, (i) => whole(sinceMs + i * dayMs, i === 0 ? 2_000_000 : 20_000)).flat();
    expect(figureOf("timeToReady", { starts }).verdict).toBe("missed");
  });
});

const closed = (id: number, patch: Partial<Incident> = {}): Incident =>
  incident(id, "redis", {
    ...{ openedMs: sinceMs + id * minuteMs, closedMs: sinceMs + (id + 1) * minuteMs, outcome: "recovered" },
    ...patch,
  });
const step = (service: string) =>
  ({ service, action: "restart", because: "redis", beganMs: sinceMs }) as const;

describe("cascades", () => {
  test("are incidents in which another than the root was restarted, or failed", () => {
    const incidents = [
      closed(1, { steps: [step("redis")], services: { redis: "ready", auth: "ready" } }),
      closed(2, { steps: [step("redis"), step("auth")] }),
      closed(3, { services: { redis: "ready", auth: "givenUp" } }),
    ];
    expect(figureOf("cascades", { incidents })).toMatchObject({
      ...{ measured: 2, verdict: "tooFew", of: "watched", events: 30 * dayMs },
      notes: ["2 of 3 incidents", "it takes 189 days with no more"],
    });
  });

  test("that did not come in a month say nothing yet, and in three months that there is less than one a month", () => {
    const days = (count: number) => {
      const period = { sinceMs, untilMs: sinceMs + count * dayMs };
      return figureOf("cascades", { ...period, watched: [period] });
    };
    expect(days(30)).toMatchObject({
      measured: 0,
      verdict: "tooFew",
      notes: ["no incident", "it takes 90 days with none"],
    });
    expect(days(90).verdict).toBe("met");
  });
});

test("deployments that were interrupted are neither, and three of ten that fail are enough to say missed", () => {
  const deployments = some(12, (i) => ({
    ...{ beganMs: sinceMs + i, endedMs: sinceMs + i + 1 },
    ...(i < 3
      ? ({ outcome: "failed", phase: "app" } as const)
      : ({ outcome: i < 5 ? "interrupted" : "succeeded" } as const)),
  }));
  expect(figureOf("deploymentFailures", { deployments })).toMatchObject({
    ...{ measured: 0.3, events: 10, verdict: "missed" },
    notes: ["3 failed, most of them at app", "2 more interrupted"],
  });
});

describe("self-recovery", () => {
  test("is of incidents that are over, and nobody had a hand in", () => {
    const incidents = [
      ...some(29, (i) => closed(i + 1)),
      closed(40, { closedMs: undefined, outcome: "open", openedMs: sinceMs + 30 * dayMs - minuteMs }),
    ];
    expect(figureOf("selfRecovery", { incidents })).toMatchObject({
      measured: 1,
      events: 29,
      verdict: "met",
    });
    const touched = timeline(
      "redis",
      "ready",
      "1 givenUp exited 3",
      "2 restarting operator 4",
      "3 stopped operator",
    );
    expect(figureOf("selfRecovery", { incidents, transitions: touched })).toMatchObject({
      ...{
        measured: 27 / 29,
        verdict: "tooFew",
        notes: ["2 did not, most of them of redis", "it takes 61 with no more that fail"],
      },
    });
  });

  test("counts one that is still open after an hour, and one that is given up", () => {
    const incidents = [
      closed(1, { closedMs: undefined, outcome: "open" }),
      closed(2, { closedMs: undefined, outcome: "givenUp" }),
      closed(3, { outcome: "stopped" }),
    ];
    expect(figureOf("selfRecovery", { incidents })).toMatchObject({
      measured: 0,
      events: 3,
      verdict: "missed",
    });
  });
});

describe("alerts", () => {
  /** Incidents, each with so many transitions: the naive alerter of these tests sends one for each. */
  const transitions = (incidents: number, each: number) =>
    some(incidents, (i) =>
      some(each, (n) => timeline("redis", "ready", `${i * 60 + n} degraded slow ${i}`)).flat(),
    ).flat();
  const alert = (id: number, tookMs: number | "not yet" = 30_000): SentAlert => {
    const faultMs = sinceMs + id * minuteMs;
    const deliveredMs = tookMs === "not yet" ? undefined : faultMs + tookMs;
    return { service: "redis", faultMs, sentMs: deliveredMs, deliveredMs };
  };
  /** The naive alerter of these tests sends one for each transition. */
  const of = (alerts: readonly SentAlert[], completeFromMs = 0): Partial<FigureDependencies> => ({
    alerts: { sent: { alerts, completeFromMs }, naiveAlerts: (transitions) => transitions.length },
  });
  /** Opened when the fault of the alert was noticed. */
  const incidents = some(9, (i) => closed(i));

  test("are compared with what an alerter of each service would have sent; one incident shows nothing of the next", () => {
    expect(
      figureOf("alertNoise", { transitions: transitions(1, 21), incidents }, of([alert(0)])),
    ).toMatchObject({
      ...{ measured: 1 - 1 / 21, events: 1, verdict: "tooFew" },
      notes: ["1 alert in the place of 21", "it takes 5 incidents"],
    });
    const alerts = some(6, (i) => alert(i));
    expect(figureOf("alertNoise", { transitions: transitions(6, 5), incidents }, of(alerts)).verdict).toBe(
      "met",
    );
    expect(figureOf("alertNoise", { transitions: transitions(6, 4), incidents }, of(alerts))).toMatchObject({
      ...{ measured: 0.75, verdict: "missed" },
    });
  });

  test("come so long after the fault, in the mean", () => {
    const alerts = [...some(5, (i) => alert(i)), alert(9, "not yet")];
    expect(figureOf("timeToAlert", {}, of(alerts))).toMatchObject({
      ...{ measured: 30_000, events: 5, verdict: "met", notes: ["the longest 30.0s", "1 not sent"] },
    });
    expect(figureOf("timeToAlert", {}, of(some(5, (i) => alert(i, 400_000)))).verdict).toBe("missed");
    expect(figureOf("timeToAlert", {}, of([]))).toMatchObject({ measured: null, verdict: "tooFew" });
  });

  test("that no sink has taken count with the time that they wait", () => {
    const waiting = some(5, (i) => ({ ...alert(i), deliveredMs: undefined }));
    const figure = figureOf("timeToAlert", {}, of(waiting));
    expect(figure).toMatchObject({ events: 5, verdict: "missed" });
    expect(figure.notes).toContain("5 taken by no sink yet");
  });

  test("are counted from where all of them are kept", () => {
    const alerts = some(6, (i) => alert(i));
    const fromMs = sinceMs + 2 * minuteMs;
    expect(figureOf("timeToAlert", {}, of(alerts, fromMs))).toMatchObject({ events: 4, sinceMs: fromMs });
    expect(
      figureOf("alertNoise", { transitions: transitions(6, 5), incidents }, of(alerts, fromMs)),
    ).toMatchObject({
      sinceMs: fromMs,
    });
  });

  test("are not measured where none are declared", () => {
    for (const name of ["alertNoise", "timeToAlert"] as const)
      expect(figureOf(name, { transitions: transitions(3, 5) })).toMatchObject({
        ...{ measured: null, verdict: "notMeasured", notes: ["no alerting is declared"] },
      });
  });
});

describe("the report", () => {
  const answer = figures(
    figureFacts({
      starts: some(212, (i) => startFact("redis", sinceMs + i, 1000)),
      incidents: [closed(1, { steps: [step("auth")] })],
      transitions: timeline("redis", "ready", "1 restarting exited 1", "2 ready recovered 1"),
      completeFromMs: { ...figureFacts().completeFromMs, transitions: sinceMs + 30_000 },
    }),
    { services, alerts: undefined },
  );

  test("has every figure, in one order, and fits the width of a table", () => {
    const long = withParity(answer, undefined);
    expect(long.figures.map(({ name }) => name)).toEqual(figureNames);
    const notes = some(9, (i) => `a clause of a certain length, the ${i}th of them`);
    for (const all of [long, { ...long, figures: long.figures.map((figure) => ({ ...figure, notes })) }]) {
      const text = figuresText("netra (staging)", all);
      for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(tableWidth);
    }
    expect(figuresText("netra (staging)", long)).toMatchInlineSnapshot(`
      "netra (staging), from 1972-09-27 00:00:00 UTC to 1972-10-27 00:00:00 UTC; watched for 30d 0h of 30d 0h

        figure                 target         measured    from               verdict
        starts that succeed    > 99.5 %       212 of 212  212 starts         too few; it takes 598 with none that fails
        time to ready of all   < 180s         –           0 starts of all    too few; it takes 5 below 3m0s
        cascades               < 1 a month    –           30d 0h             too few; 1 of 1 incident; it takes 143 days with
                                                                             no more
        parity issues          < 1 a quarter  –           0 differences now  not measured; there is no project in this folder;
                                                                             "phasegate parity" in the project, with each
                                                                             change, keeps it at none
        deployments that fail  < 0.5 %        –           0 deployments      too few; it takes 598 with none that fails
        self-recovery          ≥ 90 %         1 of 1      1 incident         too few; it takes 29 with none that fails
        availability           > 99.9 %       99.99 %     29d 23h            met; down for 60.0s in one outage; longest redis,
                                                                             60.0s
        fewer alerts           ≥ 80 %         –           0 incidents        not measured; no alerting is declared
        time to an alert       < 5m           –           0 alerts           not measured; no alerting is declared

      availability: from 1972-09-27 00:00:30 UTC on; what was before is not kept any more."
    `);
  });

  test("rounds nothing to all or to none", () => {
    const share = (measured: number) => {
      const [figure] = answer.figures;
      if (figure === undefined) throw new Error("there is none");
      return figuresText("netra (dev)", { ...answer, figures: [{ ...figure, measured, verdict: "met" }] });
    };
    expect(share(0.999_999)).toContain(" 99.99 % ");
    expect(share(0.000_001)).toContain(" 0.01 % ");
    expect(share(1)).toContain(" 100 % ");
  });

  test("is within its targets where none is missed: too few, and not measured, miss none", () => {
    expect(isWithinTargets(withParity(answer, undefined))).toBe(true);
    expect(isWithinTargets(withParity(answer, 0))).toBe(true);
    expect(isWithinTargets(withParity(answer, 2))).toBe(false);
  });

  test("reads how far it looks back", () => {
    expect([pastMs("30d"), pastMs("12h"), pastMs("90m")]).toEqual([30 * dayMs, dayMs / 2, 90 * minuteMs]);
    for (const text of ["", "30", "d", "-3d", "30s", "0m", "1e3d", "400d"])
      expect(() => pastMs(text)).toThrow("a time");
  });
});
