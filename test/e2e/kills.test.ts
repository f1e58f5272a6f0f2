import { afterAll, beforeAll, expect, test } from "vitest";
import { openFaultyStack, type FaultyStack } from "./faults/faulty-stack.ts";
import type { Outcome, Scenario } from "./faults/kills.ts";
import { killOf, undisturbedOutcomes } from "./faults/kills.ts";

// The first of the kills of `npm run faults -- --kills 50`.
let stack: FaultyStack;
let undisturbed: Readonly<Record<Scenario, Outcome>>;

beforeAll(async () => {
  stack = await openFaultyStack({ stack: "kills", portBase: 18_000 });
  const { code, output } = await stack.trial.up();
  expect(code, output).toBe(0);
  undisturbed = await undisturbedOutcomes(stack);
});
afterAll(() => stack.remove());

test("undisturbed, a cascade and an up restart each service once, in order", () => {
  expect(undisturbed.cascade.started).toEqual(["auth", "backend", "frontend"]);
  expect(undisturbed.up.started).toEqual(["auth", "backend", "frontend"]);
  expect(undisturbed.cascade.incidents).toEqual(["auth recovered"]);
  expect(undisturbed.up.incidents).toEqual([]);
});

test.each([1, 2, 3, 4])(
  "a coordinator that is killed at the moment of seed %i comes to the same end, and restarts nothing twice",
  async (seed) => {
    const { differences, during, atMs } = await killOf(seed, stack, undisturbed);
    expect(differences, `killed ${atMs} ms into the ${during}`).toEqual([]);
  },
);
