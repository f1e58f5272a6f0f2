import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { latenciesAnswer } from "../../../../lib/coordinator/control/latencies-answer.ts";
import type { History } from "../../../../lib/history/history.ts";
import { migrate } from "../../../../lib/history/schema.ts";
import { storedHistory } from "../../../../lib/history/stored-history.ts";
import { latencyParts, mostAttempts } from "../../../../lib/model/latencies.ts";

const hourMs = 3_600_000;
const startMs = 472_222 * hourMs;
const services = [
  { service: "redis", probes: ["answers"] },
  { service: "auth", probes: ["health", "tokens"] },
];

let history: History;
beforeEach(() => {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  history = storedHistory(
    database,
    () => undefined,
    (work) => work(),
  );
});
afterEach(() => history.close());

/** Keeps attempts of a probe of redis, one a minute. */
function keep(tookMs: readonly number[], fromMs: number, status: "passed" | "failed" = "passed"): void {
  history.figures.attempts(
    tookMs.map((ms, i) => ({
      ...{ service: "redis", probe: "answers", kind: "redis-ping", status, tookMs: ms },
      atMs: fromMs + i * 60_000,
    })),
  );
}

const ask = (sinceMs: number, untilMs: number, attempts = false, service?: string) =>
  latenciesAnswer(
    history,
    { sinceMs, attempts },
    services.filter((one) => service === undefined || one.service === service),
    untilMs,
  );

test("each probe has a line, also one without attempts; percentiles are of those that passed", () => {
  keep(
    Array.from({ length: 100 }, (_, i) => i + 1),
    startMs,
  );
  keep([5000, 5000], startMs + 100 * 60_000, "failed");
  const { probes } = ask(startMs, startMs + 2 * hourMs);
  expect(probes.map(({ service, probe }) => `${service} ${probe}`)).toEqual([
    "redis answers",
    "auth health",
    "auth tokens",
  ]);
  const [redis, health] = probes;
  expect(redis).toMatchObject({ passed: 100, failed: 2, unknown: 0, maxMs: 100 });
  expect(redis?.p50Ms).toBeGreaterThan(45);
  expect(redis?.p50Ms).toBeLessThan(55);
  expect(redis?.p95Ms).toBeGreaterThan(88);
  expect(redis?.p99Ms).toBeLessThanOrEqual(100);
  expect(health).toMatchObject({ passed: 0, p50Ms: null, maxMs: null });
  expect(redis).not.toHaveProperty("attempts");
});

test("the course has a part for each equal share of the time, and gaps where nothing passed", () => {
  keep([10, 10], startMs);
  keep([80, 80], startMs + 23 * hourMs);
  const { course = [] } = ask(startMs, startMs + 24 * hourMs).probes[0] ?? {};
  expect(course).toHaveLength(latencyParts);
  expect(course.map((ms) => ms !== null)).toEqual([true, ...Array<boolean>(22).fill(false), true]);
  expect(course[23]).toBeGreaterThan(4 * (course[0] ?? Infinity));
});

test("beyond a week the hours are read: they are there when the minutes are gone", () => {
  keep([10], startMs);
  keep([20], startMs + 30 * 24 * hourMs);
  expect(ask(startMs, startMs + 31 * 24 * hourMs).probes[0]).toMatchObject({ passed: 2, maxMs: 20 });
  expect(ask(startMs + 30 * 24 * hourMs, startMs + 31 * 24 * hourMs).probes[0]).toMatchObject({ passed: 1 });
});

test("single attempts are given where they are wanted, the last of them, of one service", () => {
  keep(
    Array.from({ length: mostAttempts + 20 }, (_, i) => i),
    startMs,
  );
  const { probes } = ask(startMs, startMs + 24 * hourMs, true, "redis");
  expect(probes).toHaveLength(1);
  expect(probes[0]?.attempts).toHaveLength(mostAttempts);
  expect(probes[0]?.attempts?.at(-1)).toEqual({
    ...{ status: "passed", tookMs: mostAttempts + 19 },
    atMs: startMs + (mostAttempts + 19) * 60_000,
  });
});
