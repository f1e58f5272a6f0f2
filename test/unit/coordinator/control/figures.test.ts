import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { latenciesObserver } from "../../../../lib/coordinator/observers/latencies.ts";
import { migrate } from "../../../../lib/history/schema.ts";
import { storedHistory } from "../../../../lib/history/stored-history.ts";
import type { History } from "../../../../lib/history/history.ts";
import type { Figure, FigureName } from "../../../../lib/model/figures.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed } from "../../../support/outcomes.ts";
import { fakeClock } from "../../../support/fake-clock.ts";

const startMs = 472_222 * 3_600_000;

let b: Bench;
let history: History;
beforeEach(() => {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  history = storedHistory(
    database,
    () => undefined,
    (work) => work(),
  );
  const clock = fakeClock(startMs);
  const own = { history: history.figures, clock, wallMs: clock.now, startedMs: startMs };
  b = bench({ history, clock, observers: [latenciesObserver(own)] });
});
afterEach(() => {
  b.close();
  history.close();
});

/** An `up` of two services, with all that it says to the coordinator. */
async function up(): Promise<void> {
  const end = b.deploy();
  for (const [name, startIndex, needs] of [
    ["redis", 0, {}],
    ["auth", 1, { redis: "restart" }],
  ] as const) {
    b.engine.add(name);
    b.apply(name, { probes: { answers: probeOn(startIndex + 1) } }, { startIndex, needs });
  }
  const { verdict } = b.gate("redis", "auth");
  await b.clock.advance(60_000);
  await verdict;
  end();
  await b.clock.advance(60_000);
}

async function figuresNow(): Promise<Record<FigureName, Figure>> {
  const { figures } = await b.call("figures", { sinceMs: startMs });
  return Object.fromEntries(figures.map((figure) => [figure.name, figure])) as Record<FigureName, Figure>;
}

test("what a coordinator has seen comes back as figures: starts, deployments, incidents, downtime", async () => {
  await up();
  const before = await figuresNow();
  expect(before.startSuccess).toMatchObject({ measured: 1, events: 2, verdict: "tooFew" });
  expect(before.timeToReady).toMatchObject({ events: 1, verdict: "tooFew" });
  expect(before.deploymentFailures).toMatchObject({ measured: 0, events: 1, verdict: "tooFew" });
  expect(before.availability).toMatchObject({ measured: 1, events: 120_000, verdict: "tooFew" });
  expect(before.alertNoise.verdict).toBe("notMeasured");

  b.engine.crash("redis", 137);
  await b.clock.advance(60_000);
  const after = await figuresNow();
  expect(after.selfRecovery).toMatchObject({ measured: 1, events: 1 });
  expect(after.cascades.notes[0]).toBe("1 of 1 incident");
  expect(after.availability.notes[0]).toMatch(/^down for \d.* in (one outage|2 outages)$/);
  expect(after.availability.events).toBe(180_000);
});

test("an up whose gate does not open has failed", async () => {
  b.scripts[2] = () => failed();
  await up();
  expect((await figuresNow()).deploymentFailures).toMatchObject({
    ...{ measured: 1, events: 1, verdict: "missed", notes: ["1 failed"] },
  });
});

test("what somebody stops, and a hold, are no downtime", async () => {
  await up();
  const stopped = b.call("command", { action: "stop", services: [] });
  await b.clock.advance(600_000);
  await stopped;
  const started = b.call("command", { action: "start", services: [] });
  await b.clock.advance(60_000);
  await started;
  const planned = (await figuresNow()).availability;
  expect(planned).toMatchObject({ measured: 1, events: 780_000 });
  expect(planned.notes.slice(0, 2)).toEqual(["never down", "10m0s as planned"]);

  await b.call("hold", { forMs: 3_600_000 });
  b.engine.crash("redis", 137);
  await b.clock.advance(600_000);
  await b.call("release", {});
  await b.clock.advance(60_000);
  const held = (await figuresNow()).availability;
  expect(held.events).toBe(840_000);
  // The ten minutes in which it was down, and left alone, would be a share of 0.41.
  expect(held.measured).toBeGreaterThan(0.99);
});

test("the time until now is watched, also of the minute that is not over", async () => {
  await b.clock.advance(90_000);
  expect(await b.call("figures", { sinceMs: 0 })).toMatchObject({
    untilMs: startMs + 90_000,
    watchedMs: 90_000,
  });
});

test("attempts are there by the minute", async () => {
  await up();
  const query = { service: "redis", probe: "answers", sinceMs: startMs, untilMs: startMs + 600_000 };
  const minutes = history.figures.latencies.minutes(query);
  expect(minutes.length).toBeGreaterThan(0);
  expect(minutes.reduce((sum, { passed }) => sum + passed, 0)).toBe(
    history.figures.latencies.attempts(query).length,
  );
});
