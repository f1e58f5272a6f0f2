// Notes of the programs that a set-up runs. When a set-up is killed, they work on without it; whoever takes over must
// end them first, or both would write into the same folders.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDir } from "./paths.mjs";
import { isRunning, stillRuns } from "./process-identity.mjs";

const dir = join(cacheDir, "running");

/** @param {number} pid of a program that leads a group of its own */
export function noteChild(pid) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, String(pid)), JSON.stringify({ parent: process.pid, atMs: Date.now() }));
}

/** @param {number} pid */
export function forgetChild(pid) {
  rmSync(join(dir, String(pid)), { force: true });
}

/** Ends the programs of set-ups that are gone, each with all that it has started. */
export async function endOrphanedChildren() {
  const orphans = notes().filter(({ pid, parent, atMs }) => !stillRuns(parent, atMs) && stillRuns(pid, atMs));
  for (const { pid } of orphans) signalGroup(pid, "SIGTERM");
  for (let waitedMs = 0; waitedMs < 5000 && orphans.some(({ pid }) => isRunning(pid)); waitedMs += 50)
    await sleep(50);
  for (const { pid } of orphans) signalGroup(pid, "SIGKILL");
  for (const { pid, parent, atMs } of notes()) if (!stillRuns(parent, atMs)) forgetChild(pid);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function signalGroup(pid, signal) {
  if (pid <= 0) return; // Would be this process's own group.
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** @returns {{ pid: number, parent: number, atMs: number }[]} */
function notes() {
  try {
    return readdirSync(dir).flatMap((name) => {
      try {
        return [{ pid: Number(name), ...JSON.parse(readFileSync(join(dir, name), "utf8")) }];
      } catch {
        return []; // Forgotten in this very moment, or half written by a process that was killed.
      }
    });
  } catch {
    return [];
  }
}
