// A lock between processes of one machine: a file that names its holder. A dead holder's lock is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stillRuns } from "./process-identity.mjs";

/**
 * @typedef {object} Holder
 * @property {readonly number[]} pids the process, and the programs that it runs while it holds the lock
 * @property {string} host
 * @property {number} atMs
 * @property {string} nonce
 *
 * @typedef {object} Held
 * @property {(pid: number) => void} include keeps the lock for as long as this program runs too: when the holder is
 *   killed, what it has started works on, and a second run must not write into the same folders
 */

/**
 * Runs `work` while holding the lock; waits as long as a living process holds it.
 * @template T
 * @param {string} path
 * @param {(held: Held) => Promise<T>} work
 * @param {(pid: number) => void} [onWait] called once if another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  let waited = false;
  const self = { pids: [process.pid], host: hostname(), atMs: Date.now(), nonce: newNonce() };
  while (!tryAcquire(path, self)) {
    const holder = readHolder(path);
    const alive = holder && livingPid(holder);
    if (holder !== undefined && alive === undefined) {
      removeIf(path, holder);
      continue;
    }
    if (!waited && alive !== undefined) onWait?.(alive);
    waited = true;
    await sleep(200);
  }
  // A process that is ended by a signal or by process.exit lets go too; one that is killed is found dead.
  const release = () => removeIf(path, self);
  process.once("exit", release);
  try {
    return await work({
      include: (pid) => {
        self.pids.push(pid);
        self.atMs = Date.now();
        replace(path, self);
      },
    });
  } finally {
    release();
    process.off("exit", release);
  }
}

const newNonce = () => Math.random().toString(36).slice(2);

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

/** @param {string} path @param {Holder} self */
function replace(path, self) {
  const draft = `${path}.${self.nonce}`;
  writeFileSync(draft, JSON.stringify(self));
  renameSync(draft, path);
}

/** @param {string} path @returns {Holder | undefined} */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** A process that still holds the lock; of one on another machine nothing is known, so it counts. @param {Holder} holder */
function livingPid({ pids, host, atMs }) {
  return host === hostname() ? pids.find((pid) => stillRuns(pid, atMs)) : pids[0];
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
