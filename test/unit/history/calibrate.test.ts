import { describe, expect, test } from "vitest";
import { readStackPlan } from "../../../lib/project/stack-plan.ts";
import type { StackStarts } from "../../../lib/history/calibrate.ts";
import { calibrate, leastStarts } from "../../../lib/history/calibrate.ts";
import type { StartDurations } from "../../../lib/history/start-durations.ts";
import { startDurations } from "../../../lib/history/start-durations.ts";
import { startMs, serviceStatus } from "../../support/statuses.ts";
import { lateRecord, startRecord } from "../../support/records.ts";

describe("the durations of a service's starts", () => {
  const of = (...records: Parameters<typeof startDurations>[2]) => startDurations("redis", "basic", records);

  test("are percentiles by nearest rank over all of them", () => {
    const records = Array.from({ length: 100 }, (_, i) => startRecord("redis", (i + 1) * 10));
    expect(of(...records)).toEqual({
      service: "redis",
      starts: 100,
      timedOut: 0,
      lastTimedOutMs: undefined,
      p50Ms: 500,
      p95Ms: 950,
      p99Ms: 990,
    });
  });

  test("count only what was seen from its start, at this level, of this service, to a verdict", () => {
    const status = serviceStatus("redis", { state: "ready", level: "comprehensive", readyAfterMs: 1 });
    const exited = lateRecord("redis", 1);
    expect(
      of(
        startRecord("redis", 100),
        startRecord("redis", 1, { fromStart: false }),
        startRecord("redis", 1, { status }),
        startRecord("auth", 1),
        startRecord("redis", 1, { outcome: "broken-off" }),
        startRecord("redis", 1, { outcome: "under-way" }),
        { ...exited, failure: { reason: "exited", usedMs: 1, headline: "" } },
      ),
    ).toMatchObject({ starts: 1, p50Ms: 100 });
  });

  test("of a start that ran out of time is longer than any that is known", () => {
    const ready = Array.from({ length: 98 }, () => startRecord("redis", 100));
    const late = { ...lateRecord("redis", 270_000), beganMs: startMs + 5 };
    expect(of(...ready, late, startRecord("redis", 100))).toMatchObject({
      starts: 100,
      timedOut: 1,
      lastTimedOutMs: startMs + 5,
      p99Ms: 100,
    });
    expect(of(...ready, late)).toMatchObject({ starts: 99, p95Ms: 100, p99Ms: Infinity });
  });

  test("of no start are no number", () => {
    expect(of()).toMatchObject({ starts: 0, p50Ms: Number.NaN });
  });
});

test("as many starts are asked for as make the longest of them a bound on 95 % of all, with a confidence of 95 %", () => {
  expect(1 - 0.95 ** leastStarts).toBeGreaterThanOrEqual(0.95);
  expect(1 - 0.95 ** (leastStarts - 1)).toBeLessThan(0.95);
});

describe("a phase's timeout", async () => {
  const dev = await readStackPlan(process.cwd(), "dev");
  const staging = await readStackPlan(process.cwd(), "staging");
  const durations = (
    service: string,
    p99Ms: number,
    patch: Partial<StartDurations> = {},
  ): StartDurations => ({
    service,
    starts: 60,
    timedOut: 0,
    lastTimedOutMs: undefined,
    p50Ms: p99Ms / 2,
    p95Ms: p99Ms,
    p99Ms,
    ...patch,
  });
  const stack = (p99Ms: Record<string, number | Partial<StartDurations>>, plan = dev): StackStarts => ({
    plan,
    services: Object.keys(plan.services).map((service) => {
      const given = p99Ms[service];
      return typeof given === "object" ? durations(service, 100, given) : durations(service, given ?? 100);
    }),
  });
  const infrastructure = (stacks: readonly StackStarts[], margin = 1.5) =>
    calibrate(stacks, margin).find(({ phase }) => phase === "infrastructure");

  test("is the p99 of its slowest service times the margin, without the environment's multiplier, rounded up", () => {
    expect(infrastructure([stack({ postgres: 24_100, redis: 9000 })])).toEqual({
      phase: "infrastructure",
      timeout: "180s",
      proposed: "25s",
      why: "p99 of postgres 24.1s × 1.5, divided by the multiplier 1.5 of development",
    });
  });

  test.each([
    [9_100, "10s"],
    [12_100, "15s"],
    [15_001, "20s"],
    [59_900, "60s"],
    [61_000, "70s"],
    [601_000, "660s"],
  ])("of %i ms with a margin of 1.5 is written %s", (p99Ms, proposed) => {
    expect(infrastructure([stack({ postgres: p99Ms })])?.proposed).toBe(proposed);
  });

  test("leaves room for two attempts that hang", () => {
    expect(infrastructure([stack({ postgres: 2000 })])).toMatchObject({
      proposed: "7s",
      why: "twice the longest probe timeout 5.0s, divided by the multiplier 1.5 of development: p99 of postgres is 2.0s",
    });
  });

  test("does not wait for starts of what no `up` starts: what is external, and what its schedule alone runs", () => {
    const { services } = dev;
    const schedule = { cron: "0 3 * * *", timeZone: "UTC", missed: "skip" } as const;
    const plan = {
      ...dev,
      services: { ...services, migrations: { ...services["migrations"], schedule } },
    } as typeof dev;
    const never = { starts: 0, p99Ms: Number.NaN };
    expect(infrastructure([stack({ postgres: 24_100, migrations: never }, plan)])?.proposed).toBe("25s");
    const members = dev.phases["infrastructure"]?.services ?? [];
    const far = { kind: "external", external: { host: "db.example.com", port: 5432 } };
    const all = Object.fromEntries(members.map((name) => [name, { ...services[name], ...far }]));
    const outside = { ...dev, services: { ...services, ...all } } as unknown as typeof dev;
    expect(infrastructure([stack({}, outside)])?.refused).toContain("no `up` starts any of postgres");
  });

  test("is what the stack needs that needs most", () => {
    const both = [stack({ postgres: 20_000 }), stack({ clickhouse: 30_000 }, staging)];
    expect(infrastructure(both)).toMatchObject({
      proposed: "25s",
      why: "p99 of clickhouse 30.0s × 1.5, divided by the multiplier 2 of staging",
    });
  });

  test("is not proposed where a service has too few starts, and is of the other phases", () => {
    const few = [stack({ redis: { starts: 58 }, migrations: { starts: 0 } })];
    expect(infrastructure(few)).toEqual({
      phase: "infrastructure",
      timeout: "180s",
      refused: "stack dev: 58 of 59 starts of redis, 0 of 59 starts of migrations",
    });
    expect(calibrate(few, 1.5).filter(({ refused }) => refused === undefined)).toHaveLength(3);
  });

  test("is not proposed where the p99 lies among starts that ran out of time, and is where it does not", () => {
    const lastTimedOutMs = Date.UTC(2026, 10, 24, 14, 3, 12);
    const late = { timedOut: 1, lastTimedOutMs };
    expect(infrastructure([stack({ redis: { ...late, p99Ms: Infinity } })])?.refused).toBe(
      "stack dev: 1 of 60 starts of redis ran out of time, last 2026-11-24 14:03:12 UTC: its p99 is longer than the budget by an unknown amount",
    );
    expect(
      infrastructure([stack({ redis: { ...late, starts: 150, p99Ms: 4000 } })])?.refused,
    ).toBeUndefined();
  });

  test("refused by one stack is refused", () => {
    expect(infrastructure([stack({}), stack({ redis: { starts: 3 } }, staging)])?.refused).toBe(
      "stack staging: 3 of 59 starts of redis",
    );
  });
});
