// A lock between processes of one machine: a file that names its holder. A dead holder's lock is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endOrphanedChildren } from "./children.mjs";
import { stillRuns } from "./process-identity.mjs";

/** @typedef {{ pid: number, host: string, atMs: number, nonce: string }} Holder */

/**
 * Runs `work` while holding the lock; waits as long as a living process holds it.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {(holder: Holder) => void} [onWait] called once if another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  let waited = false;
  const self = {
    pid: process.pid,
    host: hostname(),
    atMs: Date.now(),
    nonce: Math.random().toString(36).slice(2),
  };
  while (!tryAcquire(path, self)) {
    const holder = readHolder(path);
    if (holder !== undefined && isDead(holder)) {
      await endOrphanedChildren();
      removeIf(path, holder);
      continue;
    }
    if (!waited && holder !== undefined) onWait?.(holder);
    waited = true;
    await sleep(200);
  }
  // A process that is ended by a signal or by process.exit lets go too; one that is killed is found dead.
  const release = () => removeIf(path, self);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    release();
    process.off("exit", release);
  }
}

/** The file is written aside and linked into place, so that nobody ever reads half of it. @param {string} path @param {Holder} self */
function tryAcquire(path, self) {
  const draft = `${path}.${self.nonce}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @param {string} path @returns {Holder | undefined} */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {Holder} holder */
function isDead(holder) {
  return holder.host === hostname() && !stillRuns(holder.pid, holder.atMs);
}

/**
 * Removes the lock if it is that holder's. Moved aside before it is looked at, since between reading and
 * removing another process may have taken it over; a lock moved by mistake is put back.
 * @param {string} path @param {Holder} holder
 */
function removeIf(path, holder) {
  if (readHolder(path)?.nonce !== holder.nonce) return;
  const aside = `${path}.${holder.nonce}.${process.pid}.old`;
  try {
    renameSync(path, aside);
    if (readHolder(aside)?.nonce !== holder.nonce) linkSync(aside, path);
  } catch {
    // Another process was quicker: the next attempt to take the lock sees what there is.
  } finally {
    rmSync(aside, { force: true });
  }
}
