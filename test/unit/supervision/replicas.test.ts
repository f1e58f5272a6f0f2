import { expect, test } from "vitest";
import { instancesBefore, instancesNamed } from "../../../lib/supervision/command-order.ts";
import { desiredService } from "../../support/desired.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedStack, type SimulatedStack } from "../../support/simulated-stack.ts";

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const instances = ["api-1", "api-2", "api-3"];

/** Three instances of an api, and a web server that needs them. */
function started(seed: number): SimulatedStack {
  const stack = simulatedStack(
    [
      ...instances.map((name, startIndex) => desiredService(name, { startIndex, replicaOf: "api" })),
      desiredService("web", {
        startIndex: 3,
        needs: { "api-1": "restart", "api-2": "restart", "api-3": "restart" },
      }),
    ],
    seededRandom(seed),
  );
  // What a service needs may be down by half: its own probes say whether it works.
  for (const name of stack.records.keys()) stack.startByHand(name);
  stack.run(60_000);
  return stack;
}

const states = ({ records }: SimulatedStack) => [...records.values()].map(({ state }) => state.name);
const ordered = ({ orders }: SimulatedStack) => orders.map(({ service }) => service);

test.each(seeds)(
  "an instance that crashes is restarted, and what needs them goes on with the others (seed %i)",
  (seed) => {
    const stack = started(seed);
    const sinceMs = stack.now();
    stack.crash("api-2");
    stack.run(60_000);
    expect(states(stack)).toEqual(Array(4).fill("ready"));
    expect(ordered(stack)).toEqual(["api-2"]);
    expect(stack.changes.filter(({ service, atMs }) => service === "web" && atMs >= sinceMs)).toEqual([]);
  },
);

test.each(seeds)("one after the other, they never bring down what needs them (seed %i)", (seed) => {
  const stack = started(seed);
  for (const name of instances) {
    stack.crash(name);
    stack.run(60_000);
  }
  expect(ordered(stack)).toEqual(instances);
  expect(states(stack)).toEqual(Array(4).fill("ready"));
});

test.each(seeds)(
  "all of them at once are an outage, and what needs them follows by its policy (seed %i)",
  (seed) => {
    const stack = started(seed);
    for (const name of instances) stack.crash(name);
    stack.run(120_000);
    expect(states(stack)).toEqual(Array(4).fill("ready"));
    expect(ordered(stack).toSorted()).toEqual([...instances, "web"]);
    expect(ordered(stack).at(-1)).toBe("web");
  },
);

test("a command takes the declared name for all of them, and restarts one after the other", () => {
  const { records } = started(1);
  expect(instancesNamed(records, ["api", "web"])).toEqual([...instances, "web"]);
  expect(instancesNamed(records, ["api-2", "nobody"])).toEqual(["api-2", "nobody"]);
  expect([...instancesBefore(records, [...instances, "web"])]).toEqual([
    ["api-2", ["api-1"]],
    ["api-3", ["api-2"]],
  ]);
});
