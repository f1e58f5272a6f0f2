import { describe, expect, test } from "vitest";
import type { Schedule } from "../../../lib/model/schedule.ts";
import { nextRunMs } from "../../../lib/model/schedule.ts";
import type { ServiceEvent } from "../../../lib/supervision/service-event.ts";
import { newRecord } from "../../../lib/supervision/service-record.ts";
import { dueRuns, dueTimes, nextDueMs } from "../../../lib/supervision/schedules.ts";
import { step } from "../../../lib/supervision/service-machine.ts";
import { desiredService, readinessSpec } from "../../support/desired.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const shown = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const schedule = (cron: string, timeZone = "UTC", missed: Schedule["missed"] = "skip"): Schedule => ({
  cron,
  timeZone,
  missed,
});

describe("the times of a schedule", () => {
  test.for([
    ["a night in which clocks are put forward", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]],
    ["a night in which clocks are put back", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]],
  ] as const)("in %s", ([, from, times]) => {
    const nightly = schedule("30 2 * * *", "Europe/Berlin");
    let ms = at(from);
    expect(times.map(() => shown((ms = nextRunMs(nightly, ms) ?? 0)))).toEqual(times);
  });

  test("are counted up to a hundred, and the last is known of any number", () => {
    const often = schedule("*/5 * * * * *");
    const from = at("2026-11-26T00:00");
    expect(dueTimes(often, from, from + 4999)).toBeUndefined();
    expect(dueTimes(often, from, from + 5000)).toEqual({
      firstMs: from + 5000,
      lastMs: from + 5000,
      count: 1,
    });
    expect(dueTimes(often, from, from + 500_000)).toMatchObject({ lastMs: from + 500_000, count: 100 });
    const day = 24 * 3_600_000;
    expect(dueTimes(often, from, from + day + 2500)).toEqual({
      firstMs: from + 5000,
      lastMs: from + day,
      count: Infinity,
    });
  });
});

/** Runs a job's schedule for some days, with a coordinator that is away now and then. What became of each time. */
function someDays(own: Schedule, from: number, untilMs: number, random: () => number) {
  const probes = { completed: { kind: "completed", exitCode: 0 } } as never;
  const desired = desiredService("job", { readiness: readinessSpec({ job: true, probes }), schedule: own });
  const ready = {
    name: "ready",
    readyMs: from,
    countedFromMs: from,
    sinceMs: from,
    cause: { kind: "deployment", text: "" },
  } as const;
  let record = { ...newRecord(desired, 1, {}, from), state: ready, scheduledMs: from } as ReturnType<
    typeof newRecord
  >;
  const begun: number[] = [];
  const late: number[] = [];
  const missed: string[] = [];
  let busyUntilMs = 0;
  let lastMs = from;
  let nowMs = from;
  const next = () => Math.min(nextDueMs(new Map([["job", record]]), nowMs), nowMs + 300_000);
  for (; nowMs < untilMs; nowMs = next()) {
    // Away for up to six hours.
    if (random() < 0.03) nowMs += random() * 6 * 3_600_000;
    lastMs = nowMs;
    if (record.state.name !== "ready" && nowMs >= busyUntilMs)
      record = { ...record, state: { ...ready, sinceMs: nowMs } };
    for (const { event } of dueRuns(new Map([["job", record]]), { wallMs: nowMs, held: false })) {
      const said = event as Extract<ServiceEvent, { type: "scheduled" }>;
      if (said.missed !== undefined) missed.push(said.missed);
      if (said.due !== undefined) (said.due.includes("late") ? late : begun).push(nowMs);
      if (said.due !== undefined) busyUntilMs = nowMs + random() * 90 * 60_000;
      ({ record } = step(record, event, nowMs));
    }
  }
  return { begun, late, missed, lastMs };
}

test.for([1, 2, 3])(
  "in ten days across a change of clocks each time is used once or said to be missed (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    const own = schedule("15 * * * *", "America/New_York");
    const [from, until] = [at("2026-03-03T00:00"), at("2026-03-13T00:00")];
    const { begun, late, missed, lastMs } = someDays(own, from, until, random);
    let times = 0;
    for (let ms = nextRunMs(own, from); ms !== undefined && ms <= lastMs; ms = nextRunMs(own, ms)) times++;
    const lost = missed.reduce((sum, text) => sum + Number(/^(\d+) runs/.exec(text)?.[1] ?? 1), 0);
    expect(late).toEqual([]);
    expect(begun.length + lost).toBe(times);
    expect(missed.some((text) => text.includes("not over"))).toBe(true);
    for (const ms of begun) expect((ms / 60_000) % 60, shown(ms)).toBeLessThan(15.2);
    for (const ms of begun) expect((ms / 60_000) % 60, shown(ms)).toBeGreaterThanOrEqual(15);
  },
);

test("what is made up for is made up for once, however much has passed", () => {
  const own = schedule("15 * * * *", "UTC", "run");
  const from = at("2026-03-03T00:00");
  const { late, missed } = someDays(own, from, at("2026-03-13T00:00"), seededRandom(4));
  expect(late.length).toBeGreaterThan(2);
  expect(missed.filter((text) => text.includes("nobody")).length).toBeLessThanOrEqual(late.length);
});
