// The lock that a Pulumi process leaves in a backend of files when it is killed.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { projectName, stateFolder } from "./backend.mjs";
import { commandOf, stillRuns } from "./process-identity.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Clears a dead process's lock on a stack; a living one's is respected.
 * @param {string} stack
 * @returns {boolean} whether there was one to clear
 */
export function clearDeadLock(stack) {
  const state = stateFolder();
  if (state === undefined) return false;
  const dir = join(state, "locks", "organization", projectName(), stack);
  if (!existsSync(dir)) return false;
  let cleared = false;
  for (const file of readdirSync(dir).filter((name) => name.endsWith(".json"))) {
    const path = join(dir, file);
    const holder = readHolder(path);
    if (holder !== undefined) requireDead(holder, stack);
    rmSync(path, { force: true });
    rmSync(`${path}.attrs`, { force: true });
    cleared = true;
  }
  return cleared;
}

/** @param {string} path @returns {{ pid: number, username: string, hostname: string, timestamp: string } | undefined} undefined for half a file */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {NonNullable<ReturnType<typeof readHolder>>} holder @param {string} stack */
function requireDead({ pid, username, hostname: host, timestamp }, stack) {
  if (host !== hostname()) {
    throw new SetupError(
      `stack ${stack} is locked by process ${pid} of ${username} on ${host}, since ${timestamp}.\n` +
        `If that process is gone, clear the lock with: pulumi cancel --stack ${stack}`,
    );
  }
  if (!stillRuns(pid, Date.parse(timestamp))) return;
  throw new SetupError(
    `stack ${stack} is being changed by process ${pid} (${commandOf(pid) || "pulumi"}), since ${timestamp}.\n` +
      `Wait for it, or end it with: kill -INT ${pid}`,
  );
}
