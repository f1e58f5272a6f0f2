import { expect, test } from "vitest";
import type { Random } from "../../../lib/core/clock.ts";
import { durationMs } from "../../../lib/core/duration.ts";
import type { ContainerRun } from "../../../lib/readiness/service-container.ts";
import type { ServiceEvent } from "../../../lib/supervision/service-event.ts";
import { step } from "../../../lib/supervision/service-machine.ts";
import type { ServiceRecord } from "../../../lib/supervision/service-record.ts";
import { newRecord, probingOf, resumedRecord, wakeAtMs } from "../../../lib/supervision/service-record.ts";
import { recentRestarts } from "../../../lib/supervision/restart-intensity.ts";
import { desiredService, probeOn, readinessSpec } from "../../support/desired.ts";
import { failed, passed, unknown } from "../../support/outcomes.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const probes = { first: probeOn(1), second: probeOn(2, { whenFailing: "report" }) };

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** What an engine and probes that behave would bring about next: without it, no sequence gets far. */
function usualEvent(random: Random, record: ServiceRecord, nowMs: number): ServiceEvent | undefined {
  const { seen, act, startedMs, ended, state } = record;
  const run = {
    name: "stack-web",
    createdMs: 0,
    outOfMemory: false,
    health: undefined,
    healthyMs: undefined,
  };
  const look = (patch: Partial<ContainerRun>): ServiceEvent => ({
    type: "seen",
    seen: { ...run, startedMs, running: true, exitCode: 0, startError: "", altered: [], ...patch },
    look: record.look + 1,
  });
  const runs = typeof seen === "object" && seen.running;
  if (act !== undefined) {
    const done = act.order === "stop" ? !runs : runs && startedMs !== act.from;
    if (done || random() < 0.2) return { type: "acted", act: act.id, error: undefined };
    return act.order === "stop" ? look({ running: false }) : look({ startedMs: nowMs });
  }
  if (!runs) return startedMs === undefined || ended ? look({ startedMs: nowMs }) : look({});
  if (state.name === "restarting" && nowMs >= wakeAtMs(record)) return { type: "woken" };
  if (random() < 0.1) return look({ running: false, exitCode: 137 });
  const probing = probingOf(record);
  if (probing.mode === "off") return undefined;
  const outcome = random() < 0.8 ? passed : failed();
  return {
    type: "attempted",
    key: probing.key,
    probe: pick(random, ["first", "second"]),
    outcome,
    beganMs: nowMs,
  };
}

/** An event that may come at any moment, with no regard to what has come before. */
function someEvent(random: Random, record: ServiceRecord, nowMs: number): ServiceEvent {
  const probing = probingOf(record);
  const key = probing.mode === "off" ? "another" : pick(random, [probing.key, probing.key, "another"]);
  const seen = (): ContainerRun | "gone" =>
    random() < 0.05
      ? "gone"
      : {
          ...{ name: "stack-web", createdMs: 0, outOfMemory: false, altered: [] },
          ...{ health: undefined, healthyMs: undefined },
          startedMs: pick(random, [undefined, record.startedMs, record.startedMs, nowMs]),
          running: random() < 0.6,
          exitCode: pick(random, [0, 1, 127, 137]),
          startError: pick(random, ["", "", "", "port is already allocated"]),
        };
  const needed = { db: Math.floor(random() * 4) };
  const { desired } = record;
  const kinds = ["operator", "dependency", "boot"] as const;
  const cause = { kind: pick(random, kinds), text: "because" };
  const makers: readonly (() => ServiceEvent)[] = [
    () => ({ type: "seen", seen: seen(), look: record.look + pick(random, [-1, 0, 1, 2]) }),
    () => ({ type: "seen", seen: seen(), look: record.look + 1 }),
    () => ({
      type: "attempted",
      ...{ key, probe: pick(random, ["first", "second", "third"]), beganMs: nowMs },
      outcome: pick(random, [passed, passed, failed(), failed("refused", "authentication", true), unknown]),
    }),
    () => ({ type: "woken" }),
    () => ({
      type: "acted",
      act: record.act?.id ?? 0,
      error: pick(random, [
        undefined,
        undefined,
        { text: "no", silent: false },
        { text: "hm", silent: true },
      ]),
    }),
    () => ({ type: "ordered" }),
    () => ({ type: "begin", action: pick(random, ["start", "restart", "verify"]), cause, needed }),
    () => ({ type: "stop", cause }),
    () => ({ type: "adopt", needed }),
    () => ({
      type: "dependencies",
      down: pick(random, [undefined, { service: "db", text: "db, which it depends on, is not ready" }]),
      excused: random() < 0.3,
    }),
    () => ({ type: "reported" }),
    () => ({ type: "retry" }),
    () => ({
      type: "applied",
      desired: {
        ...desired,
        workload: pick(random, [desired.workload, desired.workload, "another"]),
        generation: pick(random, [desired.generation, `web generation ${Math.floor(random() * 5)}`]),
        verification: desired.verification + pick(random, [0, 0, 1]),
        specHash: pick(random, [desired.specHash, "0", "1"]),
      },
      ...{ restartFor: pick(random, [[], ["db"]]), again: random() < 0.5, needed },
    }),
  ];
  return pick(random, makers)();
}

function nextEvent(random: Random, record: ServiceRecord, nowMs: number): ServiceEvent {
  const usual = random() < 0.8 ? usualEvent(random, record, nowMs) : undefined;
  return usual ?? someEvent(random, record, nowMs);
}

const reached = new Set<string>();

test.each(Array.from({ length: 300 }, (_, i) => i + 1))(
  "whatever comes in whatever order is taken, by the rules (seed %i)",
  (seed) => {
    const random = seededRandom(seed * 7919);
    const readiness = readinessSpec({
      ...{ probes, job: seed % 5 === 0, failFast: seed % 3 === 0 },
      ...(seed % 5 > 2 && { minReady: "2s" as const }),
    });
    let record = newRecord(desiredService("web", { readiness, needs: { db: "restart" } }), 1, {}, 1_000_000);
    let nowMs = 1_000_000;
    for (let n = 0; n < 200; n++) {
      nowMs += Math.floor(random() * pick(random, [100, 5000, 70_000]));
      const before = record;
      // An illegal transition throws.
      record =
        random() < 0.03
          ? resumedRecord(JSON.parse(JSON.stringify(record)) as ServiceRecord)
          : step(record, nextEvent(random, record, nowMs), nowMs).record;
      reached.add(record.state.name);

      expect(record.generation).toBeGreaterThanOrEqual(before.generation);
      const { intensity } = record.desired.supervision;
      expect(recentRestarts(record.restartsMs, intensity, nowMs).length).toBeLessThanOrEqual(
        intensity.restarts,
      );
      if (record.act !== undefined) {
        expect(probingOf(record).mode).toBe("off");
        expect(record.act.deadlineMs).toBeLessThanOrEqual(nowMs + durationMs(readiness.grace) + 30_000);
      }
      // Nothing waits for ever for time to pass: what is under way has an end.
      const { name } = record.state;
      const isUnderWay = name === "starting" || name === "restarting";
      // After a start of the coordinator the first look decides.
      if (isUnderWay && !record.resumed) expect(wakeAtMs(record)).toBeLessThan(Infinity);
      expect(record.state.cause.text).not.toBe("");
    }
  },
);

test("the sequences have come to every state", () => {
  expect([...reached].sort()).toEqual([
    ...["degraded", "failed", "givenUp", "pending", "ready", "restarting", "starting", "stopped"],
  ]);
});
