import { expect, test } from "vitest";
import { isEnabled, validationLevels } from "../../../lib/model/level.ts";

test.for([
  ["a basic probe", { level: "basic", mutates: false }, [true, true, true, true]],
  ["a comprehensive probe", { level: "comprehensive", mutates: false }, [false, true, true, true]],
  ["a probe that writes", { level: "comprehensive", mutates: true }, [false, true, true, false]],
  [
    "a probe for the dress rehearsal",
    { level: "productionSimulation", mutates: false },
    [false, false, true, true],
  ],
] as const)("%s is enabled at the right levels", ([, probe, expected]) => {
  expect(validationLevels.map((level) => isEnabled(level, probe))).toEqual(expected);
});
