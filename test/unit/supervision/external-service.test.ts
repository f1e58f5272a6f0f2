import { expect, test } from "vitest";
import type { DependencyPolicy } from "../../../lib/model/needs.ts";
import { desiredService, readinessSpec } from "../../support/desired.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedStack, type SimulatedStack } from "../../support/simulated-stack.ts";

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

/** An external warehouse, and an api in a later phase that needs it. */
function started(seed: number, policy: DependencyPolicy = "restart"): SimulatedStack {
  const stack = simulatedStack(
    [
      desiredService("warehouse", { readiness: readinessSpec({ external: true }), startIndex: 0 }),
      desiredService("api", {
        ...{ phase: "application", after: ["infrastructure"], startIndex: 1 },
        needs: { warehouse: policy },
      }),
    ],
    seededRandom(seed),
  );
  stack.startByHand("api");
  stack.run(60_000);
  expect(states(stack)).toEqual(["ready", "ready"]);
  return stack;
}

const states = ({ records }: SimulatedStack) => [...records.values()].map(({ state }) => state.name);
const ordersOf = ({ orders }: SimulatedStack, service: string) =>
  orders.filter((order) => order.service === service).map(({ order }) => order);
const breaks = (stack: SimulatedStack, isBroken: boolean) => {
  const own = stack.workloads.get("warehouse");
  if (own) own.healthy = !isBroken;
};

test.each(seeds)(
  "an outage is waited out, and what needs it is restarted when it is over (seed %i)",
  (seed) => {
    const stack = started(seed);
    breaks(stack, true);
    stack.run(60_000);
    expect(states(stack)).toEqual(["failed", "degraded"]);
    expect(stack.records.get("warehouse")?.state).toMatchObject({ reason: "outage" });
    expect(stack.orders).toEqual([]);
    // Far longer than any intensity allows restarts: nothing gives up.
    stack.run(3_600_000);
    breaks(stack, false);
    stack.run(60_000);
    expect(states(stack)).toEqual(["ready", "ready"]);
    expect(ordersOf(stack, "warehouse")).toEqual([]);
    expect(ordersOf(stack, "api")).toEqual(["restart"]);
  },
);

test.each([
  ["revalidate", true],
  ["ignore", false],
] as const)("after an outage an edge with the policy %s restarts nothing", (policy, isProven) => {
  const stack = started(7, policy);
  const sinceMs = stack.now();
  breaks(stack, true);
  stack.run(60_000);
  breaks(stack, false);
  stack.run(60_000);
  expect(states(stack)).toEqual(["ready", "ready"]);
  expect(stack.orders).toEqual([]);
  const proven = stack.changes.some(
    ({ service, to, atMs, cause }) =>
      service === "api" && to === "starting" && atMs > sinceMs && cause.text.includes("runs again"),
  );
  expect(proven).toBe(isProven);
});

test.each(seeds)("after a reboot the phases behind it wait until it is proven again (seed %i)", (seed) => {
  const stack = started(seed);
  breaks(stack, true);
  stack.reboot();
  stack.run(30_000);
  expect(stack.orders).toEqual([]);
  breaks(stack, false);
  stack.run(120_000);
  expect(states(stack)).toEqual(["ready", "ready"]);
  expect(ordersOf(stack, "warehouse")).toEqual([]);
  expect(ordersOf(stack, "api")).toEqual(["start"]);
});

test.each(seeds)("a coordinator that is started again restarts nothing for it (seed %i)", (seed) => {
  const stack = started(seed);
  stack.killCoordinator();
  stack.run(60_000);
  expect(states(stack)).toEqual(["ready", "ready"]);
  expect(stack.orders).toEqual([]);
});

test("whoever asks for it, it is not started, stopped or restarted", () => {
  const stack = started(3);
  const cause = { kind: "operator", text: "by hand" } as const;
  stack.send("warehouse", { type: "stop", cause });
  for (const action of ["start", "restart"] as const)
    stack.send("warehouse", { type: "begin", action, cause, needed: {} });
  stack.run(10_000);
  expect(stack.orders).toEqual([]);
  expect(states(stack)).toEqual(["ready", "ready"]);
});
