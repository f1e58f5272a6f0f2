import { runCommand } from "./command.ts";

/** The compose that is installed. */
export interface Compose {
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  /** Ends when all is up. Compose before 2 has no --wait: it waits for what others depend on, and not for the last. */
  readonly up: readonly string[];
  /** Whether it can say what an `up` would do. */
  readonly canDryRun: boolean;
}

/** A compose of version 2 or later: the plugin of docker before the program of its own; else a program of version 1; else undefined. */
export async function findCompose(signal: AbortSignal): Promise<Compose | undefined> {
  const options = { cwd: process.cwd(), env: process.env, signal };
  const found: Compose[] = [];
  for (const command of [["docker", "compose"], ["docker-compose"]] as const) {
    try {
      const [program, ...args] = command;
      const { stdout } = await runCommand(program, [...args, "version", "--short"], options);
      found.push(composeOf(command, stdout));
    } catch {
      signal.throwIfAborted();
    }
  }
  return found.find(({ canDryRun }) => canDryRun) ?? found[0];
}

/** @param version as compose says it: "v2.40.3" */
export function composeOf(command: Compose["command"], version: string): Compose {
  const plain = version.trim().replace(/^v/, "");
  const isNew = Number(plain.split(".")[0]) >= 2;
  return { version: plain, command, up: ["up", "--detach", ...(isNew ? ["--wait"] : [])], canDryRun: isNew };
}

/** What a report says where nothing is compared with compose. */
export const withoutCompose =
  "No compose that can do it is installed, or it was left out: no comparison. `npm run bench -- build-compose` builds Compose 2 where Go is.";
