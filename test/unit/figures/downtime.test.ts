import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { availability, leastWatchedMs } from "../../../lib/figures/availability.ts";
import { downtime } from "../../../lib/figures/downtime.ts";
import { common, joined, lengthMs, without } from "../../../lib/figures/periods.ts";
import type { FigureFacts, Period } from "../../../lib/model/figures.ts";
import type { Transition } from "../../../lib/model/transition.ts";
import { dayMs, figureFacts, hourMs, minuteMs, sinceMs, timeline } from "../../support/figure-facts.ts";

const services = { current: new Set(["redis", "auth", "web", "report"]), scheduled: new Set(["report"]) };

/** For how many minutes the stack was down, and as planned, of how many hours that count. */
function minutes(transitions: readonly Transition[], patch: Partial<FigureFacts> = {}) {
  const { down, planned, counted } = downtime(figureFacts({ transitions, ...patch }), services);
  return {
    down: lengthMs(down) / minuteMs,
    planned: lengthMs(planned) / minuteMs,
    hours: lengthMs(counted) / hourMs,
  };
}

const failure = timeline(
  "redis",
  "ready",
  "10 restarting exited 1",
  "11 starting exited 1",
  "14 ready recovered 1",
);

describe("a service that fails", () => {
  test("is down until it is ready, or degraded", () => {
    expect(minutes(failure)).toEqual({ down: 4, planned: 0, hours: 720 });
    expect(
      minutes(timeline("redis", "ready", "10 restarting exited 1", "12 degraded dependency 1")),
    ).toMatchObject({
      down: 2,
    });
  });

  test("is down also while somebody restarts it, and as planned once somebody has stopped it", () => {
    const lines = [
      "10 givenUp exited 1",
      "40 restarting operator 1",
      "41 starting operator 1",
      "45 ready recovered 1",
    ];
    expect(minutes(timeline("redis", "ready", ...lines))).toMatchObject({ down: 35, planned: 0 });
    const stopped = [
      "10 failed deadline 1",
      "20 stopped operator 1",
      "50 starting operator",
      "51 ready recovered",
    ];
    expect(minutes(timeline("redis", "ready", ...stopped))).toMatchObject({ down: 10, planned: 31 });
  });

  test("is not down where it is a job that a schedule runs, and what fails because of it is", () => {
    const job = timeline("report", "ready", "10 starting schedule", "11 failed exited 1");
    const web = timeline("web", "ready", "12 degraded dependency 1");
    expect(minutes([...job, ...web])).toMatchObject({ down: 0, planned: 0 });
    const other = timeline("auth", "ready", "12 restarting unhealthy 1", "16 ready recovered 1");
    expect(minutes([...job, ...other])).toMatchObject({ down: 4 });
  });

  test("with others at the same time is one outage", () => {
    const other = timeline("auth", "ready", "12 restarting dependency 1", "16 ready recovered 1");
    const { services: own, down } = downtime(figureFacts({ transitions: [...failure, ...other] }), services);
    expect(down).toEqual([{ sinceMs: sinceMs + 10 * minuteMs, untilMs: sinceMs + 16 * minuteMs }]);
    expect(own).toEqual({ redis: 4 * minuteMs, auth: 4 * minuteMs });
  });

  test("and is not ready yet is down until now; one that is in the declaration no more, until it was last seen", () => {
    const open = timeline("redis", "ready", "10 givenUp exited 1");
    expect(minutes(open, { untilMs: sinceMs + 70 * minuteMs }).down).toBe(60);
    expect(minutes(open.map((one) => ({ ...one, service: "gone" }))).down).toBe(0);
  });

  test("had failed before the time began is down from its beginning on", () => {
    expect(minutes(timeline("redis", "ready", "-50 givenUp exited 1", "10 ready recovered 1")).down).toBe(10);
  });
});

describe("planned is", () => {
  test.each([
    ["a stop by somebody", ["10 stopped operator", "20 starting operator", "21 ready recovered"], 11],
    ["a restart by a command", ["10 restarting operator", "12 ready recovered"], 2],
    ["what follows from it", ["10 restarting dependency", "12 starting dependency", "13 ready recovered"], 3],
    ["what an up replaces", ["10 starting deployment", "12 ready recovered"], 2],
  ] as const)("%s", (_, lines, planned) => {
    expect(minutes(timeline("redis", "ready", ...lines))).toEqual({ down: 0, planned, hours: 720 });
  });

  test("until it fails", () => {
    const lines = ["10 restarting operator", "12 failed deadline 1", "22 ready recovered 1"];
    expect(minutes(timeline("redis", "ready", ...lines))).toMatchObject({ down: 10, planned: 2 });
  });

  test("and not down twice where another fails at the same time", () => {
    const lines = ["9 stopped operator", "15 ready recovered"];
    expect(minutes([...failure, ...timeline("auth", "ready", ...lines)])).toMatchObject({
      down: 4,
      planned: 2,
    });
  });
});

describe("what does not count", () => {
  test("is a service that was never ready: its gate tells of it", () => {
    expect(
      minutes(timeline("redis", "pending", "10 starting deployment", "90 failed deadline")),
    ).toMatchObject({
      ...{ down: 0, planned: 0 },
    });
  });

  test("is a time in which the stack was held", () => {
    const holds = [{ sinceMs: sinceMs + 12 * minuteMs, untilMs: sinceMs + 72 * minuteMs }];
    expect(minutes(failure, { holds })).toEqual({ down: 2, planned: 0, hours: 719 });
  });

  test("is a time without a coordinator, unless the next finds that services have ended in it", () => {
    const watched = [
      { sinceMs: sinceMs - dayMs, untilMs: sinceMs + hourMs },
      { sinceMs: sinceMs + 3 * hourMs, untilMs: sinceMs + 30 * dayMs },
    ];
    expect(minutes([], { watched })).toEqual({ down: 0, planned: 0, hours: 718 });
    const boot = timeline(
      "redis",
      "ready",
      "180 pending boot 1",
      "181 starting boot 1",
      "182 ready recovered 1",
    );
    expect(minutes(boot, { watched })).toEqual({ down: 122, planned: 0, hours: 720 });
  });

  test("is what was before the oldest transition that is kept", () => {
    const completeFromMs = { ...figureFacts().completeFromMs, transitions: sinceMs + 12 * minuteMs };
    expect(minutes(failure, { completeFromMs })).toMatchObject({ down: 2, hours: 719.8 });
  });
});

describe("availability", () => {
  const of = (downMs: number, countedMs: number, wantedMs = 30 * dayMs) => {
    const down = [{ sinceMs: 0, untilMs: downMs }];
    const counted = [{ sinceMs: 0, untilMs: countedMs }];
    return availability({ counted, down, planned: [], services: {} }, 0, wantedMs);
  };

  test("says too few before a time in which three outages of five minutes would not have mattered", () => {
    expect(leastWatchedMs / minuteMs).toBeCloseTo(15_000, 6);
    expect(of(0, 10 * dayMs)).toMatchObject({
      measured: 1,
      verdict: "tooFew",
      notes: ["never down", "it takes 10.5 days"],
    });
    expect(of(0, 10.5 * dayMs).verdict).toBe("met");
  });

  test("is met or missed by what was measured after that", () => {
    expect(of(43 * minuteMs, 30 * dayMs).verdict).toBe("met");
    expect(of(44 * minuteMs, 30 * dayMs).verdict).toBe("missed");
  });

  test("is missed at once where the time that is left cannot make up for it", () => {
    expect(of(43 * minuteMs, 2 * dayMs).verdict).toBe("tooFew");
    expect(of(44 * minuteMs, 2 * dayMs).verdict).toBe("missed");
  });
});

describe("periods", () => {
  const period = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
    .map(([from, length]): Period => ({ sinceMs: from, untilMs: from + length }));
  const some = fc.array(period, { maxLength: 8 });
  /** The same, an instant at a time. */
  const instants = (periods: readonly Period[]) =>
    new Set(
      periods.flatMap(({ sinceMs, untilMs }) =>
        Array.from({ length: untilMs - sinceMs }, (_, i) => sinceMs + i),
      ),
    );

  test("are joined, common and without each other as their instants are", () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const [own, others] = [instants(a), instants(b)];
        expect(instants(joined(a))).toEqual(own);
        expect(lengthMs(a)).toBe(own.size);
        expect([...instants(common(a, b))].sort()).toEqual([...own].filter((one) => others.has(one)).sort());
        expect([...instants(without(a, b))].sort()).toEqual(
          [...own].filter((one) => !others.has(one)).sort(),
        );
        for (const all of [joined(a), without(a, b)])
          for (const [i, { sinceMs }] of all.entries())
            if (i > 0) expect(sinceMs).toBeGreaterThan(all[i - 1]?.untilMs ?? 0);
      }),
    );
  });
});
