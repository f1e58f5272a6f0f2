import { readdirSync, readFileSync } from "node:fs";
import { processorTime } from "../process-cost.ts";

/** What the kernel has accounted for processes, by their ids. Milliseconds. */
export type Account = ReadonlyMap<number, number>;

/** As the kernel names them, in 15 characters. */
const engineNames: ReadonlySet<string> = new Set(["dockerd", "containerd", "containerd-shim"]);

/**
 * The processor time that the container engine has used so far: dockerd, containerd, and the shim of each container. What a shim has run
 * in its container by runc, and waited for, counts to it: the command of a health check, and all that it has run.
 * @throws Error where the engine does not run on this machine
 */
export function engineAccount(): Account {
  const account = new Map<number, number>();
  let isHere = false;
  for (const pid of processes()) {
    try {
      const name = readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
      if (!engineNames.has(name)) continue;
      isHere ||= name === "dockerd";
      const { ownMs, waitedMs } = processorTime(pid);
      account.set(pid, ownMs + waitedMs);
    } catch {
      // It has ended meanwhile.
    }
  }
  if (!isHere)
    throw new Error(
      "the container engine does not run on this machine, or not on Linux: what it costs cannot be read here",
    );
  return account;
}

/** What was used between two accounts, by the processes that are in both. */
export function usedBetween(before: Account, after: Account): number {
  let usedMs = 0;
  for (const [pid, ms] of after) usedMs += ms - (before.get(pid) ?? ms);
  return usedMs;
}

/** The process that works in a container: with an init process it is the child of that, which only waits. */
export function workingProcess(first: number): number {
  return processes().find((pid) => parentOf(pid) === first) ?? first;
}

const processes = () => readdirSync("/proc").map(Number).filter(Number.isInteger);

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
