/** The lock that a Pulumi process leaves in a backend of files when it is killed. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { commandOf, stillRuns } from "../bootstrap/process-identity.mjs";
import { spokenTime } from "../bootstrap/report.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";

/** What Pulumi writes into a lock. */
interface Holder {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Whether a stack is locked by a process that is gone.
 * @param stateFolder the backend's folder `.pulumi`
 * @throws SetupError naming the holder when it still runs, or runs on another machine
 */
export function hasDeadLock(stateFolder: string, project: string, stack: string): boolean {
  const dir = join(stateFolder, "locks", "organization", project, stack);
  if (!existsSync(dir)) return false;
  const locks = readdirSync(dir).filter((name) => name.endsWith(".json"));
  for (const holder of locks.flatMap((name) => readHolder(join(dir, name)) ?? [])) requireDead(holder, stack);
  return locks.length > 0;
}

/** Undefined for half a file. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function requireDead({ pid, username, hostname: host, timestamp }: Holder, stack: string): void {
  const since = `since ${timestamp} (for ${spokenTime(Date.now() - Date.parse(timestamp))})`;
  if (host !== hostname()) {
    throw new SetupError(
      `stack ${stack} is locked by process ${pid} of ${username} on ${host}, ${since}.\n` +
        `If that process is gone, clear the lock with: pulumi cancel --stack ${stack}`,
    );
  }
  if (!stillRuns(pid, Date.parse(timestamp))) return;
  throw new SetupError(
    `stack ${stack} is being changed by process ${pid} (${commandOf(pid) || "pulumi"}), ${since}.\n` +
      `Wait for it, or end it with: kill -INT ${pid}`,
  );
}
