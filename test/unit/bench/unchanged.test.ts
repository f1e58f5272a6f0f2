import { expect, test } from "vitest";
import { unchangedResources } from "../../../bench/standing/unchanged.ts";

const head =
  "Updating (bench):\n\n    pulumi:pulumi:Stack shape-bench \n\nOutputs:\n    images: {\n    }\n\n";

test("counts what Pulumi has left alone, of an up and of a preview", () => {
  expect(unchangedResources(`${head}Resources:\n    57 unchanged\n\nDuration: 3s\n`)).toBe(57);
  expect(unchangedResources(`${head}Resources:\n    1 unchanged\n`)).toBe(1);
});

test("a command that has changed something has not measured what it should", () => {
  const failing = [
    "Resources:\n    + 3 created\n    54 unchanged\n\nDuration: 3s\n",
    "Resources:\n    ~ 1 to update\n    56 unchanged\n",
    "Resources:\n    57 unchanged\n    1 something\n",
    "error: it has failed\n",
  ];
  for (const output of failing)
    expect(() => unchangedResources(head + output)).toThrow("has not found everything unchanged");
});
