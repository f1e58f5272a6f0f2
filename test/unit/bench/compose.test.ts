import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findCompose } from "../../../bench/compose.ts";

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "phasegate-bin-"));
  vi.stubEnv("PATH", bin);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true });
});

/** Puts a program on the PATH that says a version, or fails without one. */
function program(name: string, version: string | undefined): void {
  const body = version === undefined ? "exit 1" : `echo ${version}`;
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

const found = () => findCompose(new AbortController().signal);

test("docker's plugin comes first", async () => {
  program("docker", "v2.40.3");
  program("docker-compose", "2.1.0");
  expect(await found()).toEqual({
    version: "2.40.3",
    command: ["docker", "compose"],
    up: ["up", "--detach", "--wait"],
    canDryRun: true,
  });
});

test("without the plugin, the program of its own is used", async () => {
  program("docker", undefined);
  program("docker-compose", "v2.40.3");
  expect(await found()).toMatchObject({ version: "2.40.3", command: ["docker-compose"] });
});

test("compose 1, which waits for nothing and can say nothing beforehand, is better than none", async () => {
  program("docker-compose", "1.29.2");
  expect(await found()).toEqual({
    version: "1.29.2",
    command: ["docker-compose"],
    up: ["up", "--detach"],
    canDryRun: false,
  });
});

test("there may be none", async () => {
  program("docker", undefined);
  expect(await found()).toBeUndefined();
});
