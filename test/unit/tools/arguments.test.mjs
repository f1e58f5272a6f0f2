import { expect, test } from "vitest";
import { parseArguments } from "../../../tools/setup/arguments.mjs";

test("takes the stack out in every way that Pulumi knows, and leaves the rest to Pulumi", () => {
  for (const args of [["--stack", "staging"], ["-s", "staging"], ["--stack=staging"]]) {
    expect(parseArguments([...args, "--diff", "--parallel", "2"])).toEqual({
      stack: "staging",
      flags: new Set(),
      rest: ["--diff", "--parallel", "2"],
    });
  }
});

test("takes out only the flags that the command knows", () => {
  const { flags, rest } = parseArguments(["--volumes", "--refresh"], { flags: ["--volumes"] });
  expect([...flags]).toEqual(["--volumes"]);
  expect(rest).toEqual(["--refresh"]);
});

test("a stack without a name is refused", () => {
  expect(() => parseArguments(["--stack"])).toThrow("--stack needs the name of a stack");
  expect(() => parseArguments(["--stack", "--yes"])).toThrow("--stack needs the name of a stack");
});
