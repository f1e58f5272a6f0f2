import { expect, test } from "vitest";
import { latenciesObserver, writtenEveryMs } from "../../../../lib/coordinator/observers/latencies.ts";
import type { ObservedAttempt } from "../../../../lib/coordinator/observers/observer.ts";
import type { ProbeAttempt } from "../../../../lib/history/stored-latencies.ts";
import type { Deployment } from "../../../../lib/model/history.ts";
import type { Period } from "../../../../lib/model/figures.ts";
import { fakeClock } from "../../../support/fake-clock.ts";

const attempt = (atMs: number): ObservedAttempt => ({
  ...{ service: "redis", probe: "ping", kind: "tcp", status: "passed", tookMs: 3, atMs, monitored: true },
});

function observed() {
  const clock = fakeClock(1000);
  const batches: (readonly ProbeAttempt[])[] = [];
  const lives: Period[] = [];
  const told: Deployment[] = [];
  const observer = latenciesObserver({
    history: {
      attempts: (batch) => batches.push(batch),
      watched: (period) => lives.push(period),
      deployment: (deployment) => told.push(deployment),
    },
    ...{ clock, wallMs: clock.now, startedMs: 900 },
  });
  return { clock, batches, lives, told, observer };
}

test("attempts are written once a minute, together, and with them that the coordinator was there", async () => {
  const { clock, batches, lives, observer } = observed();
  for (const atMs of [1, 2, 3]) observer.attempt?.(attempt(atMs));
  expect(batches).toEqual([]);
  await clock.advance(writtenEveryMs);
  observer.attempt?.(attempt(4));
  await clock.advance(2 * writtenEveryMs);
  expect(batches.map((batch) => batch.map(({ atMs }) => atMs))).toEqual([[1, 2, 3], [4]]);
  expect(lives.map(({ sinceMs }) => sinceMs)).toEqual([900, 900, 900, 900]);
  expect(lives.at(-1)?.untilMs).toBe(1000 + 3 * writtenEveryMs);
  observer.close();
});

test("many attempts are not kept waiting, and the end writes what is there, once", async () => {
  const { clock, batches, observer } = observed();
  for (let i = 0; i < 10_001; i++) observer.attempt?.(attempt(i));
  expect(batches.map(({ length }) => length)).toEqual([10_000]);
  observer.close();
  observer.close();
  expect(batches.map(({ length }) => length)).toEqual([10_000, 1]);
  await clock.advance(writtenEveryMs);
  expect(clock.sleeping()).toBe(0);
});

test("each deployment is kept as it is told", () => {
  const { told, observer } = observed();
  const deployment = { beganMs: 1, endedMs: 2, outcome: "failed", phase: "app" } as const;
  observer.deployment?.(deployment);
  expect(told).toEqual([deployment]);
  observer.close();
});
