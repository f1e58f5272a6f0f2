import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasDeadLock } from "../../../tools/setup/state-lock.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "phasegate-state-"));
  mkdirSync(join(state, "locks/organization/shop/dev"), { recursive: true });
});
afterEach(() => rmSync(state, { recursive: true }));

/** Leaves a lock as Pulumi writes it. */
function leaveLock(content: object | string): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(state, "locks/organization/shop/dev/0123.json"), text);
}

const isDead = () => hasDeadLock(state, "shop", "dev");

async function pidOfNobody(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

test("a stack that nobody changes has no lock", () => {
  expect(isDead()).toBe(false);
  expect(hasDeadLock(state, "shop", "another")).toBe(false);
});

test("the lock of a process that is gone is a dead one", async () => {
  leaveLock({
    pid: await pidOfNobody(),
    username: "ops",
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  });
  expect(isDead()).toBe(true);
});

test("half a lock, of a process that was killed while it wrote it, is a dead one", () => {
  leaveLock('{"pid":');
  expect(isDead()).toBe(true);
});

test("the refusal of a living process's lock names it, since when it holds it, and how to end it", () => {
  const timestamp = new Date(Date.now() - 1000).toISOString();
  leaveLock({ pid: process.pid, username: "ops", hostname: hostname(), timestamp });
  expect(isDead).toThrow(
    new RegExp(`stack dev is being changed by process ${process.pid} \\(.+\\), since ${timestamp}`),
  );
  expect(isDead).toThrow(`kill -INT ${process.pid}`);
});

test("a lock of another machine is respected, and the message says how to clear it", () => {
  leaveLock({ pid: 7, username: "ops", hostname: "elsewhere", timestamp: "2026-01-02T03:04:05Z" });
  expect(isDead).toThrow(
    /stack dev is locked by process 7 of ops on elsewhere, since 2026-01-02T03:04:05Z .*pulumi cancel --stack dev/s,
  );
});
