import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../tools/bootstrap/lock.mjs";

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "phasegate-lock-"))));
afterEach(() => rmSync(dir, { recursive: true }));

/** Leaves the lock as another process would. */
function leaveLock(pids: readonly number[], atMs: number): void {
  writeFileSync(join(dir, "lock"), JSON.stringify({ pids, host: hostname(), atMs, nonce: "other" }));
}

async function pidOfNobody(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

test("one process at a time holds it, and nothing is left behind", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 10));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(join(dir, "lock"), work)));
  expect(most).toBe(1);
  expect(readdirSync(dir)).toEqual([]);
});

test("it is released when the work fails", async () => {
  await expect(withLock(join(dir, "lock"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(readdirSync(dir)).toEqual([]);
});

test("a dead process's lock is taken over at once", async () => {
  leaveLock([await pidOfNobody()], Date.now());
  const waitedFor: number[] = [];
  const done = await withLock(
    join(dir, "lock"),
    async () => "done",
    (pid) => waitedFor.push(pid),
  );
  expect(done).toBe("done");
  expect(waitedFor).toEqual([]);
});

test("a lock noted before its pid was given to another process is a dead one's", async () => {
  leaveLock([process.pid], Date.now() - 3_600_000 * 24 * 365);
  expect(await withLock(join(dir, "lock"), async () => "done")).toBe("done");
});

test("a living process's lock is waited for, and it is said who holds it", async () => {
  const child = spawn("sleep", ["60"]);
  leaveLock([child.pid ?? 0], Date.now());
  let done = false;
  const waitedFor: number[] = [];
  const got = withLock(
    join(dir, "lock"),
    async () => void (done = true),
    (pid) => waitedFor.push(pid),
  );
  await expect.poll(() => waitedFor).toEqual([child.pid]);
  expect(done).toBe(false);
  child.kill("SIGKILL");
  await got;
  expect(done).toBe(true);
});

test("a program that a killed holder has left behind keeps the lock", async () => {
  const program = spawn("sleep", ["60"]);
  leaveLock([await pidOfNobody(), program.pid ?? 0], Date.now());
  const waitedFor: number[] = [];
  const got = withLock(
    join(dir, "lock"),
    async () => "done",
    (pid) => waitedFor.push(pid),
  );
  await expect.poll(() => waitedFor).toEqual([program.pid]);
  program.kill("SIGKILL");
  expect(await got).toBe("done");
});

test("what the holder includes stands in the lock", async () => {
  await withLock(join(dir, "lock"), async ({ include }) => {
    include(4711);
    expect(JSON.parse(readFileSync(join(dir, "lock"), "utf8"))).toMatchObject({ pids: [process.pid, 4711] });
  });
  expect(readdirSync(dir)).toEqual([]);
});
