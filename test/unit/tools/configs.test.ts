import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "phasegate-configs-"));
  git("init", "--quiet");
});
afterEach(() => rmSync(dir, { recursive: true }));

function git(...args: readonly string[]): void {
  execFileSync("git", args, { cwd: dir });
}

/** Runs the check on a repository with one tracked config. */
function check(config: string) {
  writeFileSync(join(dir, "Pulumi.dev.yaml"), config);
  git("add", "Pulumi.dev.yaml");
  return spawnSync(process.execPath, [join(process.cwd(), "tools/configs.ts")], {
    cwd: dir,
    encoding: "utf8",
  });
}

test("a config of plain values passes", () => {
  expect(check("config:\n  phasegate:environment: development\n").status).toBe(0);
});

test.each([
  ["a salt", "encryptionsalt: v1:abc\n", "Pulumi.dev.yaml: encryptionsalt"],
  [
    "an encrypted value",
    "config:\n  phasegate:secrets:\n    token:\n      secure: v1:abc\n",
    "Pulumi.dev.yaml: secure",
  ],
])("%s is refused with its file", (_, config, place) => {
  const { status, stderr } = check(config);
  expect(status).toBe(1);
  expect(stderr).toContain(place);
});

test("a config that is not tracked is nobody's business", () => {
  writeFileSync(join(dir, "Pulumi.mine.yaml"), "encryptionsalt: v1:abc\n");
  expect(check("config: {}\n").status).toBe(0);
});

test("a repository without any tracked config has not been checked", () => {
  const { status } = spawnSync(process.execPath, [join(process.cwd(), "tools/configs.ts")], { cwd: dir });
  expect(status).toBe(1);
});
