import { expect, test } from "vitest";
import { logReport } from "../../../lib/coordinator/probing/module-report.ts";
import { longestCustomText } from "../../../lib/probe/custom-module.ts";
import { safeText } from "../../../lib/redaction/safe-text.ts";

function report() {
  let nowMs = 0;
  const logged: string[] = [];
  const { printed, ended } = logReport(
    {
      log: (event, fields = {}) => logged.push([event, ...Object.values(fields)].join("|")),
      redact: safeText(["hunter2-hunter2"]),
    },
    { now: () => nowMs },
  );
  return { printed, ended, logged, wait: (ms: number) => (nowMs += ms) };
}

test("a hundred lines of a module are logged in a minute", () => {
  const { printed, logged, wait } = report();
  const print = (times: number) => {
    for (let i = 0; i < times; i++) printed("a.ts", "stdout", "line");
  };
  print(60);
  wait(59_999);
  print(60);
  expect(logged).toHaveLength(101);
  expect(logged[99]).toBe("custom-probe-output|a.ts|stdout|line");
  expect(logged[100]).toBe("custom-probe-output|a.ts|stdout|(what follows within the minute is left out)");
  printed("b.ts", "stderr", "of another module");
  expect(logged[101]).toBe("custom-probe-output|b.ts|stderr|of another module");
  wait(1);
  print(1);
  expect(logged).toHaveLength(103);
});

test("what cannot be seen is made visible, and secrets are taken out, before a line is cut", () => {
  const { printed, ended, logged } = report();
  printed("a.ts", "stdout", `\u001b[31m${"x".repeat(995)}hunter2-hunter2\u0007`);
  ended("a.ts", "a.ts ended by hunter2-hunter2");
  expect(logged).toEqual([
    `custom-probe-output|a.ts|stdout|${"x".repeat(995)}[secr...`,
    "custom-probe-ended|a.ts|a.ts ended by [secret]",
  ]);
});

test("a secret that was cut in two where the thread cut the text is not shown", () => {
  const { printed, logged } = report();
  const secret = "hunter2-hunter2";
  const beginning = "\u001b[0m".repeat(Math.floor(longestCustomText / 4));
  printed(
    "a.ts",
    "stdout",
    `${beginning.slice(0, longestCustomText - 8)}${secret}`.slice(0, longestCustomText),
  );
  expect(logged.join()).not.toContain("hunter2");
});
