// Tells whether a process that left a note of its pid still lives. A pid alone does not say it: pids are used again.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @param {number} pid */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
  return !isZombie(pid);
}

/** A process that has ended but was not yet waited for holds nothing any more. @param {number} pid */
function isZombie(pid) {
  return statFields(pid)?.[0] === "Z";
}

/** The fields of /proc/PID/stat from the third (the state) on; the second may itself hold spaces. @param {number} pid */
function statFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * When a process began, in milliseconds since 1970; undefined when there is no such process.
 * @param {number} pid
 * @returns {number | undefined}
 */
export function startedAtMs(pid) {
  const fields = statFields(pid);
  if (fields !== undefined) {
    const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
    // Field 22 of stat(5), in clock ticks since boot: Linux shows user space 100 a second on every architecture.
    return Number(boot) * 1000 + Number(fields[19]) * 10;
  }
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Date.parse(text.trim()) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process that wrote `pid` down at `notedAtMs` still runs: one with the same pid that began later is another.
 * @param {number} pid
 * @param {number} notedAtMs
 */
export function stillRuns(pid, notedAtMs) {
  if (!isRunning(pid)) return false;
  const start = startedAtMs(pid);
  // The kernel's boot time is in whole seconds and moves with clock corrections: leave a margin on the safe side.
  return start === undefined || start <= notedAtMs + 3000;
}

/** A process's command line, for messages. @param {number} pid */
export function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}
