import { expect, test } from "vitest";
import { didYouMean, suggestion } from "../../../lib/core/did-you-mean.ts";

const keys = ["title", "services", "dependsOn", "validation", "timeout", "edgeTimeout"];

test.for([
  ["dependOn", "dependsOn"],
  ["depends_on", "dependsOn"],
  ["tiemout", "timeout"],
  ["Title", "title"],
  ["service", "services"],
  ["replicas", undefined],
  ["", undefined],
  ["x".repeat(1000), undefined],
] as const)("%s is meant to be %s", ([name, meant]) => {
  expect(didYouMean(name, keys)).toBe(meant);
});

test("where nothing is near, all names are listed", () => {
  expect(suggestion("timeot", keys)).toBe('did you mean "timeout"?');
  expect(suggestion("replicas", ["a", "b"])).toBe("there are a, b");
  expect(suggestion("replicas", ["a"])).toBe("there is a");
  expect(suggestion("replicas", [])).toBe("there are none");
});
