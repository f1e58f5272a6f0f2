import { expect, test } from "vitest";
import { ancestors, topologicalOrder } from "../../../lib/model/graph.ts";

test("orders by predecessors, and by the writing where nothing else decides", () => {
  expect(topologicalOrder({ c: ["a"], b: [], a: [], d: ["c", "b"] })).toEqual({
    order: ["a", "c", "b", "d"],
  });
});

test("names the cycle that makes an order impossible", () => {
  expect(topologicalOrder({ a: ["c"], b: ["a"], c: ["b"] })).toEqual({ cycle: ["a", "c", "b", "a"] });
  expect(topologicalOrder({ a: ["a"] })).toEqual({ cycle: ["a", "a"] });
});

test("passes over names that are no node", () => {
  expect(topologicalOrder({ a: ["x", "toString"] })).toEqual({ order: ["a"] });
  expect([...ancestors({ a: ["constructor"] }, "a")]).toEqual(["constructor"]);
  expect([...ancestors({}, "constructor")]).toEqual([]);
});

test("finds predecessors at any distance", () => {
  expect([...ancestors({ a: [], b: ["a"], c: ["b"], d: [] }, "c")]).toEqual(["b", "a"]);
});
