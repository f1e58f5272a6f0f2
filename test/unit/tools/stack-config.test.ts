import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shim } from "../../../tools/setup/stack-config.ts";

let dir: string;
let copies: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "phasegate-it's-"));
  copies = join(dir, "copies");
  mkdirSync(join(dir, "bin"));
  // Stands where Pulumi would be, and says how it was called. Its selected stack is staging.
  script("real", 'if [ "$1" = stack ]; then echo staging; else printf "%s\\n" "$@"; fi');
  writeFileSync(join(dir, "bin/pulumi"), shim(join(dir, "bin/real"), dir, copies));
  chmodSync(join(dir, "bin/pulumi"), 0o755);
  for (const stack of ["dev", "staging"]) writeFileSync(join(dir, `Pulumi.${stack}.yaml`), `# ${stack}\n`);
});
afterAll(() => rmSync(dir, { recursive: true }));

function script(name: string, body: string): void {
  writeFileSync(join(dir, "bin", name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(dir, "bin", name), 0o755);
}

/** The arguments with which the real Pulumi is called. */
function called(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = dir): string[] {
  const { stdout } = spawnSync(join(dir, "bin/pulumi"), args, {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    encoding: "utf8",
  });
  return stdout.trimEnd().split("\n");
}

test.each([
  [["up", "--stack", "dev", "--yes"], "dev"],
  [["preview", "--stack=dev"], "dev"],
  [["destroy", "-s", "dev"], "dev"],
  [["--non-interactive", "up", "--stack", "organization/phasegate/dev"], "dev"],
  [["refresh"], "staging"],
])("%j gets the copy of its stack's config", (args, stack) => {
  const copy = join(copies, `Pulumi.${stack}.yaml`);
  expect(called(args)).toEqual([...args, "--config-file", copy]);
  expect(readFileSync(copy, "utf8")).toBe(`# ${stack}\n`);
});

test("the stack of the environment counts as it does for Pulumi", () => {
  expect(called(["up"], { PULUMI_STACK: "dev" })).toContain(join(copies, "Pulumi.dev.yaml"));
});

test("in a folder of the project it is the project's config", () => {
  expect(called(["up", "-s", "dev"], {}, join(dir, "bin"))).toContain(join(copies, "Pulumi.dev.yaml"));
});

test("outside of the project everything stays as it is", () => {
  expect(called(["up", "-s", "dev"], {}, tmpdir())).toEqual(["up", "-s", "dev"]);
});

test.each([
  [["up", "--stack", "dev", "--cwd", "/elsewhere"]],
  [["config", "set", "portBase", "16000", "--stack", "dev"]],
  [["version"]],
  [["up", "--stack", "dev", "--config-file", "mine.yaml"]],
  [["up", "--stack", "unknown"]],
])("%j stays as it is", (args) => {
  expect(called(args)).toEqual(args);
});

test("words with spaces and quotes arrive whole", () => {
  const args = ["up", "--stack", "dev", "--message", "it's\ta 'test'"];
  expect(called(args).slice(0, 5)).toEqual(args);
});
