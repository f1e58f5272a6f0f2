import { describe, expect, test } from "vitest";
import { step } from "../../../lib/supervision/service-machine.ts";
import { decisions } from "../../../lib/supervision/decisions.ts";
import type { ServiceRecord } from "../../../lib/supervision/service-record.ts";
import { newRecord, probingOf, wakeAtMs } from "../../../lib/supervision/service-record.ts";
import { desiredService, probeOn, readinessSpec } from "../../support/desired.ts";
import { failed, passed } from "../../support/outcomes.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import type { SimulatedStack } from "../../support/simulated-stack.ts";
import { simulatedStack } from "../../support/simulated-stack.ts";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

/** A chain in which the probes of each fail while one that it needs does not work. */
function started(seed: number, onRedis: "restart" | "report" = "restart"): SimulatedStack {
  const readiness = readinessSpec({ probes: { first: probeOn(1, { whenFailing: onRedis }) } });
  const stack = simulatedStack(
    [
      desiredService("redis", { startIndex: 0, readiness }),
      desiredService("auth", { startIndex: 1, needs: { redis: "restart" } }),
      desiredService("backend", { startIndex: 2, needs: { auth: "revalidate" } }),
      desiredService("frontend", { startIndex: 3, needs: { backend: "ignore" } }),
    ],
    seededRandom(seed),
  );
  for (const name of stack.records.keys()) stack.startByHand(name);
  stack.run(60_000);
  return stack;
}

const unhealthyOnTheirOwn = ({ changes }: SimulatedStack) =>
  new Set(changes.filter(({ cause }) => cause.kind === "unhealthy").map(({ service }) => service));

function breaks(stack: SimulatedStack, service: string, forMs: number): void {
  const own = stack.workloads.get(service) as { healthy: boolean };
  own.healthy = false;
  stack.at(stack.now() + forMs, () => (own.healthy = true));
  stack.run(forMs + 120_000);
}

describe("probes that fail in several services at once", () => {
  test.each(seeds)("are the fault of the one that the others need (seed %i)", (seed) => {
    const stack = started(seed);
    breaks(stack, "redis", 40_000);
    expect(unhealthyOnTheirOwn(stack)).toEqual(new Set(["redis"]));
    expect([...stack.records.values()].map(({ state }) => state.name)).toEqual(Array(4).fill("ready"));
  });

  test.each(seeds)("restart nobody while the one that they need is only degraded (seed %i)", (seed) => {
    const stack = started(seed, "report");
    const sinceMs = stack.now();
    breaks(stack, "redis", 120_000);
    expect(stack.orders.filter(({ atMs }) => atMs >= sinceMs)).toEqual([]);
    expect([...stack.records.values()].map(({ state }) => state.name)).toEqual(Array(4).fill("ready"));
  });

  test.each(seeds)("are the fault of the service itself when all that it needs works (seed %i)", (seed) => {
    const stack = started(seed);
    const sinceMs = stack.now();
    breaks(stack, "backend", 40_000);
    expect(unhealthyOnTheirOwn(stack)).toEqual(new Set(["backend"]));
    const [first] = stack.orders.filter(({ atMs }) => atMs >= sinceMs);
    // The interval, three failures a second apart, the question, and the back-off.
    expect((first?.atMs ?? Infinity) - sinceMs).toBeLessThan(15_000 + 3000 + 1000 + 1000);
  });
});

describe("a service that is suspected", () => {
  const startMs = 1_000_000;

  /** A service that is ready, with a probe that has failed often enough. */
  function suspected() {
    const records = new Map<string, ServiceRecord>();
    let nowMs = startMs;
    const give = (service: string, event: Parameters<typeof step>[1]) => {
      const next = step(records.get(service) as ServiceRecord, event, nowMs);
      records.set(service, next.record);
      return next.effects;
    };
    const attempt = (service: string, outcome = passed, beganMs = nowMs) => {
      const probing = probingOf(records.get(service) as ServiceRecord);
      const key = probing.mode === "off" ? "" : probing.key;
      give(service, { type: "attempted", key, probe: "first", outcome, beganMs });
    };
    for (const [startIndex, name] of ["db", "web"].entries()) {
      const needs = name === "web" ? ({ db: "restart" } as const) : {};
      records.set(name, newRecord(desiredService(name, { startIndex, needs }), 1, {}, nowMs));
      const seen = {
        ...{ name, createdMs: 0, startedMs: startMs, running: true, exitCode: 0, outOfMemory: false },
        ...{ health: undefined, healthyMs: undefined, startError: "", altered: [] },
      };
      give(name, { type: "seen", seen, look: 1 });
      attempt(name);
    }
    records.set("web", { ...(records.get("web") as ServiceRecord), against: { db: 1 } });
    nowMs += 10_000;
    for (let n = 0; n < 3; n++) attempt("web", failed());
    const circumstances = { deploying: false, held: false, reserved: new Set<string>(), awake: true };
    return {
      state: (service: string) => records.get(service)?.state,
      web: () => records.get("web") as ServiceRecord,
      attempt,
      give,
      next: () => decisions(records, circumstances),
      pass: (ms: number) => (nowMs += ms),
      now: () => nowMs,
    };
  }

  test("stays what it is until what it needs has answered a question that came after its failure", () => {
    const { state, next, give, attempt, now } = suspected();
    expect(state("web")?.name).toBe("ready");
    const question = { type: "questioned", sinceMs: now() } as const;
    expect(next()).toEqual([{ service: "db", event: question }]);
    expect(give("db", question)).toEqual([{ type: "tryAll" }]);
    expect(next(), "it is asked once").toEqual([]);
    attempt("db", passed, now() - 1);
    expect(next(), "an attempt that was under way says nothing").toEqual([]);
    attempt("db");
    expect(next()).toEqual([{ service: "web", event: { type: "blamed" } }]);
    give("web", { type: "blamed" });
    expect(state("web")).toMatchObject({ name: "restarting", cause: { kind: "unhealthy" } });
  });

  test("is not suspected any more once it passes again", () => {
    const { web, attempt, next, give, state } = suspected();
    attempt("web");
    expect(web().suspectedMs).toBeUndefined();
    expect(next()).toEqual([]);
    give("web", { type: "blamed" });
    expect(state("web")?.name).toBe("ready");
  });

  test("is restarted in the end where what it needs cannot be asked", () => {
    const { web, pass, give, state, now } = suspected();
    const wakeMs = wakeAtMs(web());
    expect(wakeMs - now()).toBe(30_000);
    pass(30_000);
    give("web", { type: "woken" });
    expect(state("web")).toMatchObject({ name: "restarting", cause: { kind: "unhealthy" } });
  });
});
