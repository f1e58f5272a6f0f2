import { readFileSync } from "node:fs";

/** What a process uses, by the kernel's account. */
export interface ProcessCost {
  /** Of its processor time, in user and in system mode. Milliseconds. */
  readonly cpuMs: number;
  /** Its memory that is in use and not swapped out, now and at most. Bytes. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

/** How many of its units of time the kernel counts in a second, as it says to programs: USER_HZ, 100 on every Linux there is. */
const ticksPerSecond = 100;

/** @throws Error when there is no such process, or this is no Linux */
export function processCost(pid: number): ProcessCost {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpuMs: processorTime(pid).ownMs,
    rssBytes: kibibytes(status, "VmRSS") * 1024,
    peakRssBytes: kibibytes(status, "VmHWM") * 1024,
  };
}

/**
 * The processor time of a process, of all its threads, and that of its children that have ended and that it has waited for, with theirs.
 * Milliseconds.
 * @throws Error when there is no such process, or this is no Linux
 */
export function processorTime(pid: number): { readonly ownMs: number; readonly waitedMs: number } {
  // The command's name is in parentheses, and may hold anything (proc_pid_stat(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = fields.slice(11, 15).map(Number);
  const milliseconds = (ticks: number) => (ticks * 1000) / ticksPerSecond;
  return { ownMs: milliseconds(user + system), waitedMs: milliseconds(waitedUser + waitedSystem) };
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
}
