import { afterEach, expect, test } from "vitest";
import { likelyReadiness } from "../../../../lib/coordinator/probing/likely-readiness.ts";
import { waitingProbes } from "../../../../lib/coordinator/probing/waiting-probes.ts";
import { bench, type Bench } from "../../../support/coordinator-bench.ts";
import { desiredService, probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

const opened: Bench[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** The waits between the attempts of a probe within a time. */
const waitsOf = (attempts: readonly number[] = [], fromMs = 0, untilMs = Infinity) =>
  attempts
    .slice(1)
    .map((ms, i) => ({ ms, wait: ms - (attempts[i] ?? 0) }))
    .filter(({ ms }) => ms >= fromMs && ms < untilMs)
    .map(({ wait }) => wait);

const cadence = { initial: "25ms", steady: "3s", max: "1s", multiplier: 1.05, jitter: 0 } as const;

test("a service that starts alone is asked every 25 ms for three seconds, and less often after that", async () => {
  const b = bench();
  opened.push(b);
  b.engine.add("web");
  b.scripts[1] = () => failed();
  b.apply("web", { cadence });
  await b.clock.advance(10_000);
  const [first = 0] = b.attempts[1] ?? [];
  expect(new Set(waitsOf(b.attempts[1], 0, first + 3000))).toEqual(new Set([25]));
  expect(Math.min(...waitsOf(b.attempts[1], first + 3200))).toBeGreaterThan(170);
});

test("of many that start together each is asked less often: no more often than its cadence, and none is forgotten", async () => {
  const b = bench();
  opened.push(b);
  const names = Array.from({ length: 20 }, (_, i) => `web-${i}`);
  for (const [i, name] of names.entries()) {
    b.engine.add(name);
    b.scripts[i + 1] = (n) => (i > 0 && n > 20 ? passed : failed());
    b.apply(name, { cadence, probes: { answers: probeOn(i + 1) } });
  }
  await b.clock.advance(800);
  // Twenty share 260 ms: it is as the cadence has grown.
  const grown = waitsOf(b.attempts[1]);
  expect(grown).toEqual(grown.map((_, n): unknown => expect.closeTo(25 * 1.05 ** n, 0)));
  await b.clock.advance(1200);
  expect(names.slice(1).map((name) => b.status(name).state)).toEqual(names.slice(1).map(() => "ready"));
  expect(waitsOf(b.attempts[1], 1900)).toContain(25);
});

test("what earlier starts have taken is read from the history: at the same level, to readiness, from the container's start", () => {
  const start = { outcome: "ready", fromStart: true, status: { level: "basic", readyAfterMs: 8000 } };
  const records = [
    start,
    { ...start, fromStart: false, status: { level: "basic", readyAfterMs: 100 } },
    { ...start, outcome: "failed", status: { level: "basic", readyAfterMs: undefined } },
    { ...start, status: { level: "production", readyAfterMs: 60_000 } },
  ];
  const desired = desiredService("web");
  const history = (of: () => unknown) => ({ starts: of }) as Parameters<typeof likelyReadiness>[0];
  expect(likelyReadiness(history(() => ({ records, cut: false })))(desired)).toEqual({
    fromMs: 7500,
    untilMs: 8500,
  });
  // Of one that had to stay ready for a time, to where that began.
  const minReady = { forMs: 4000, passesSinceMs: 14_000, interrupted: undefined };
  const stayed = { ...start, status: { ...start.status, readyAfterMs: 12_000, readyMs: 18_000, minReady } };
  expect(likelyReadiness(history(() => ({ records: [stayed], cut: false })))(desired)).toEqual({
    fromMs: 7500,
    untilMs: 8500,
  });
  const unreadable = history(() => {
    throw new Error("the history cannot be read");
  });
  expect(likelyReadiness(unreadable)(desired)).toBeUndefined();
});

test("a probe waits once, however often it says so", () => {
  const waiting = waitingProbes();
  const [one, other] = [waiting.enter(), waiting.enter()];
  expect(waiting.count()).toBe(2);
  for (const passing of [false, true, true]) one(passing);
  expect(waiting.count()).toBe(1);
  one(false);
  other(true);
  expect(waiting.count()).toBe(1);
});
