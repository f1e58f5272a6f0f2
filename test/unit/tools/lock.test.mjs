import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../tools/setup/lock.mjs";

/** @type {string} */
let dir;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "phasegate-lock-"))));
afterEach(() => rmSync(dir, { recursive: true }));

/** @param {number} pid @param {number} atMs @param {string} host */
const note = (pid, atMs, host = hostname()) =>
  writeFileSync(join(dir, "lock"), JSON.stringify({ pid, host, atMs, nonce: "other" }));

async function pidOfNobody() {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

test("one at a time, and nothing is left behind", async () => {
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

test("is let go when the work fails", async () => {
  await expect(withLock(join(dir, "lock"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(readdirSync(dir)).toEqual([]);
});

test("a dead process's lock is taken over at once", async () => {
  note(await pidOfNobody(), Date.now());
  /** @type {unknown[]} */
  const waitedFor = [];
  expect(
    await withLock(
      join(dir, "lock"),
      async () => "done",
      (holder) => waitedFor.push(holder),
    ),
  ).toBe("done");
  expect(waitedFor).toEqual([]);
});

test("a lock noted before its pid was given to another process is a dead one's", async () => {
  note(process.pid, Date.now() - 3_600_000 * 24 * 365);
  expect(await withLock(join(dir, "lock"), async () => "done")).toBe("done");
});

test("a living process's lock is waited for, and it is said who holds it", async () => {
  const child = spawn("sleep", ["60"]);
  note(child.pid ?? 0, Date.now());
  let done = false;
  /** @type {number[]} */
  const waitedFor = [];
  const got = withLock(
    join(dir, "lock"),
    async () => void (done = true),
    ({ pid }) => waitedFor.push(pid),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(done).toBe(false);
  expect(waitedFor).toEqual([child.pid]);
  child.kill("SIGKILL");
  await got;
  expect(done).toBe(true);
});
