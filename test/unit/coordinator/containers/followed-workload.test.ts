import { describe, expect, test } from "vitest";
import { followedWorkload, isPast } from "../../../../lib/coordinator/containers/followed-workload.ts";
import type { Seen, WorkloadRun } from "../../../../lib/supervision/platform.ts";

function run(startedMs: number | undefined, running: boolean): WorkloadRun {
  return {
    ...{ name: "web", createdMs: 0, startedMs, finishedMs: undefined, running, paused: false, exitCode: 0 },
    ...{
      outOfMemory: false,
      health: undefined,
      healthyMs: undefined,
      healthOutput: "",
      startError: "",
      altered: [],
    },
  };
}

/** A workload whose last look, number 5, has shown this, and was answered when number 8 came. */
function followed(seen: Seen | undefined) {
  return Object.assign(followedWorkload("web", undefined), { look: 5, seen, answered: 8 });
}

describe("what a look shows that was under way with the last one", () => {
  test.for<[string, Seen | undefined, Seen, boolean]>([
    ["nothing was seen before", undefined, run(1, true), false],
    ["the same", run(2, true), run(2, true), false],
    ["the run before", run(2, true), run(1, false), true],
    ["the next run", run(1, false), run(2, true), false],
    ["no run yet, where there has been one", run(1, false), run(undefined, false), true],
    ["the run before its end", run(1, false), run(1, true), true],
    ["its end", run(1, true), run(1, false), false],
    ["that it is there, where it was gone", "gone", run(1, true), true],
    ["that it is gone", run(1, true), "gone", false],
  ])("%s", ([, known, seen, past]) => {
    expect(isPast(followed(known), 7, seen)).toBe(past);
  });
});

test("a look that began after the answer of the last one shows what is, whatever the platform's clock says", () => {
  expect(isPast(followed(run(2, true)), 9, run(1, true))).toBe(false);
});
