import { describe, expect, test } from "vitest";
import { inTurn } from "../../../bench/in-turn.ts";
import { firstOfEach, phaseTimes, startOf } from "../../../bench/shape/run.ts";

describe("a start of a shape", () => {
  const phases = [["a"], ["b", "c"]];

  test("counts from the first creation to the last readiness, and each lag from the last readiness before", () => {
    const events = new Map([
      ["a", { createdMs: 100, startedMs: 300, readyMs: 900 }],
      ["b", { createdMs: 1000, startedMs: 1300, readyMs: 1800 }],
      ["c", { createdMs: 950, startedMs: 1350, readyMs: 2100 }],
    ]);
    expect(startOf(phases, events)).toEqual({ startMs: 2000, createdLagsMs: [50], startedLagsMs: [400] });
    expect(phaseTimes(phases, events)).toEqual([800, 1200]);
  });

  test("has no figure where a service was never ready", () => {
    const events = new Map([["a", { createdMs: 100, startedMs: 300, readyMs: 900 }]]);
    expect(startOf(phases, events)).toEqual({ startMs: NaN, createdLagsMs: [NaN], startedLagsMs: [NaN] });
  });

  test("takes the first of a service's events: it may be started again", () => {
    const event = (action: string, name: string, atMs: number) => ({ action, atMs, attributes: { name } });
    const events = [
      event("create", "a", 1),
      event("start", "a", 2),
      event("start", "b", 3),
      event("start", "a", 4),
    ];
    expect([...firstOfEach(events, "start", "name")]).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
  });
});

test("each contender has every place in the turn, and follows each of its neighbours", async () => {
  const order: string[] = [];
  const contenders = ["a", "b", "c"].map((name) => ({ name, run: async () => void order.push(name) }));
  const abort = new AbortController();
  await inTurn(contenders, 6, { signal: abort.signal, say: () => undefined }, 0);
  const runs = Array.from({ length: 6 }, (_, i) => order.slice(3 * i, 3 * i + 3).join(""));
  expect(runs).toEqual(["abc", "cba", "bca", "acb", "cab", "bac"]);
});
