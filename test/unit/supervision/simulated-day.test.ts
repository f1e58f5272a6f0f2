import { describe, expect, test } from "vitest";
import { durationMs } from "../../../lib/core/duration.ts";
import { desiredService } from "../../support/desired.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { someFaults, someStack, startAll } from "../../support/simulated-day.ts";
import type { SimulatedStack } from "../../support/simulated-stack.ts";
import { simulatedStack } from "../../support/simulated-stack.ts";

const settled = ["ready", "degraded", "givenUp", "stopped"];

function stateOf(stack: SimulatedStack, service: string): string {
  return stack.records.get(service)?.state.name ?? "";
}

/** The rules that hold at any time, whatever has happened. */
function check(stack: SimulatedStack): void {
  for (const [service, { desired, state }] of stack.records) {
    const own = stack.orders.filter((order) => order.service === service);
    const failures = own.filter(({ cause }) => ["exited", "unhealthy", "deadline"].includes(cause.kind));
    const withinMs = durationMs(desired.supervision.intensity.within);
    for (const { atMs } of failures) {
      const within = failures.filter((one) => one.atMs > atMs - withinMs && one.atMs <= atMs);
      expect(within.length, `restarts of ${service}`).toBeLessThanOrEqual(
        desired.supervision.intensity.restarts,
      );
    }
    // While what it needs is not ready, nothing is restarted on its own account.
    expect(failures.filter(({ down }) => down)).toEqual([]);
    expect(state.cause.text).not.toBe("");
  }
}

describe("a day of 30 services", () => {
  test.each([1, 2, 3, 4, 5])(
    "with the faults of seed %i ends with every service in a state with a cause",
    (seed) => {
      const random = seededRandom(seed);
      const stack = simulatedStack(someStack(30, random), random);
      startAll(stack);
      expect([...stack.records.values()].map(({ state }) => state.name)).toEqual(Array(30).fill("ready"));
      const dayMs = 24 * 3_600_000;
      someFaults(stack, random, 80, dayMs);
      stack.run(dayMs);
      check(stack);
      for (const workload of stack.workloads.values())
        Object.assign(workload, { healthy: true, crashes: false });
      stack.run(3_600_000);
      check(stack);
      for (const [service, { state, down }] of stack.records) {
        const waits =
          state.name === "pending" && down !== undefined && settled.includes(stateOf(stack, down.service));
        expect(
          waits || settled.includes(state.name),
          `${service} is ${state.name}: ${state.cause.text}`,
        ).toBe(true);
      }
      expect(stack.changes.length).toBeGreaterThan(200);
    },
  );
});

describe("a cascade", () => {
  const chain = () => [
    desiredService("redis", { startIndex: 0 }),
    desiredService("auth", { startIndex: 1, needs: { redis: "restart" } }),
    desiredService("backend", { startIndex: 2, needs: { redis: "revalidate", auth: "restart" } }),
    desiredService("frontend", { startIndex: 3, needs: { backend: "revalidate" } }),
    desiredService("other", { startIndex: 4 }),
  ];

  function started(seed = 7) {
    const stack = simulatedStack(chain(), seededRandom(seed));
    for (const name of stack.records.keys()) stack.startByHand(name);
    stack.run(30_000);
    return stack;
  }

  /** What was begun since, in order. */
  const begun = (stack: SimulatedStack, sinceMs: number) =>
    stack.changes
      .filter(({ atMs, to, from }) => atMs >= sinceMs && to === "restarting" && from !== "restarting")
      .map(({ service }) => service);

  test("restarts what failed, then its dependents in the order of the start, each when the one before is ready", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.crash("redis");
    stack.run(60_000);
    expect(begun(stack, sinceMs)).toEqual(["redis", "auth", "backend"]);
    const ready = (name: string) =>
      stack.changes.find(({ service, to, atMs }) => service === name && to === "ready" && atMs > sinceMs)
        ?.atMs ?? 0;
    const began = (name: string) =>
      stack.orders.find(({ service, atMs }) => service === name && atMs >= sinceMs)?.atMs ?? 0;
    expect(began("auth")).toBeGreaterThanOrEqual(ready("redis"));
    expect(began("backend")).toBeGreaterThanOrEqual(ready("auth"));
    // Its edge asks for a proof, not for a restart.
    expect(
      stack.changes.filter(({ service, to }) => service === "frontend" && to === "starting"),
    ).toHaveLength(2);
    for (const { state } of stack.records.values()) expect(state.name).toBe("ready");
    expect(stack.changes.filter(({ service, atMs }) => service === "other" && atMs > sinceMs)).toEqual([]);
  });

  test.each(Array.from({ length: 40 }, (_, i) => i))(
    "goes on when the coordinator is killed %i quarters of a second after the failure, and restarts nothing twice",
    (quarters) => {
      const stack = started();
      const sinceMs = stack.now();
      stack.crash("redis");
      stack.at(stack.now() + quarters * 250, () => stack.killCoordinator());
      stack.run(120_000);
      for (const [name, { state }] of stack.records) expect(state.name, name).toBe("ready");
      const starts = new Map([...stack.workloads].map(([name, { startedMs = 0 }]) => [name, startedMs]));
      expect([...starts].filter(([, startedMs]) => startedMs >= sinceMs).map(([name]) => name)).toEqual([
        "redis",
        "auth",
        "backend",
      ]);
    },
  );

  const before = [
    { what: "while all is well", crashed: undefined },
    { what: "when one of the last phase had crashed", crashed: "s11" },
    { what: "in a cascade", crashed: "s0" },
  ];
  const delays = Array.from({ length: 20 }, (_, i) => i * 200);
  test.each(before.flatMap((one) => delays.map((ms) => ({ ...one, ms }))))(
    "a reboot $what starts everything again in the order of the phases ($ms ms)",
    ({ crashed, ms }) => {
      const random = seededRandom(3 + ms);
      const stack = simulatedStack(someStack(12, random), random);
      startAll(stack);
      if (crashed !== undefined) stack.crash(crashed, 137);
      stack.run(ms);
      const sinceMs = stack.now();
      stack.reboot();
      stack.run(120_000);
      const startedMs = (service: string) => stack.workloads.get(service)?.startedMs ?? 0;
      for (const [service, { desired, state }] of stack.records) {
        expect(state.name, `${service}: ${state.cause.text}`).toBe("ready");
        expect(startedMs(service)).toBeGreaterThanOrEqual(sinceMs);
        for (const [other, { desired: before }] of stack.records)
          if (desired.after.includes(before.phase))
            expect(startedMs(service), `${service} after ${other}`).toBeGreaterThan(startedMs(other));
      }
      expect(stack.orders.filter(({ atMs }) => atMs >= sinceMs)).toHaveLength(12);
    },
  );
});
