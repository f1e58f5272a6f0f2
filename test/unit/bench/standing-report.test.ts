import { expect, test } from "vitest";
import type { StandingMeasured } from "../../../bench/standing/report.ts";
import { standingReport } from "../../../bench/standing/report.ts";

const machine = {
  ...{ processors: 2, model: "a model", memoryGib: 24, kernel: "6.18 x64", engine: "20.10", node: "24" },
};
const measured: StandingMeasured = {
  kind: "noop",
  interval: "10s",
  level: "basic",
  setting: { machine, pulumi: "3", compose: "2.40.3", busyBefore: 0 },
  stacks: [
    { name: "netra", resources: 49, phasegateMs: [3000, 2000], composeMs: [2000, 2000] },
    { name: "chain", resources: 46, phasegateMs: [1500, 1500], composeMs: [3000, 3000] },
  ],
  emptyMs: [800, 700],
};

const lines = (report: string) => report.split("\n").map((line) => line.replaceAll(/ +/g, " "));

test("a command without a change stands beside compose and beside the empty program of the same turn", () => {
  expect(lines(standingReport(measured))).toEqual(
    expect.arrayContaining([
      "| netra, 49 resources | 2.50 s (3.00 s) | 2.00 s (2.00 s) | 1.25 | | |",
      "| – over an empty program's | 1.75 s (2.20 s) | | | ≤ 1.00 s | missed |",
      "| chain, 46 resources | 1.50 s (1.50 s) | 3.00 s (3.00 s) | 0.50 | ratio ≤ 0.75 | reached |",
      "| – over an empty program's | 0.75 s (0.80 s) | | | ≤ 1.00 s | reached |",
      "| an empty program | 0.75 s (0.80 s) | | | | |",
    ]),
  );
});

test("without compose there are no columns of it, and it says how to get one", () => {
  const stacks = measured.stacks.map((stack) => ({ ...stack, composeMs: [] }));
  const setting = { ...measured.setting, compose: undefined };
  const alone = standingReport({ ...measured, stacks, setting });
  expect(alone).toContain("npm run bench -- build-compose");
  expect(lines(alone)).toContain("| chain, 46 resources | 1.50 s (1.50 s) | ratio ≤ 0.75 | |");
});

test("a preview has no aims", () => {
  expect(standingReport({ ...measured, kind: "preview" })).not.toMatch(/reached|missed/);
});
