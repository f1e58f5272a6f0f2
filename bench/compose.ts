import { runCommand } from "./command.ts";

/** The compose that is installed. */
export interface Compose {
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  /** Ends when all is up. Compose before 2 has no --wait: it waits for what others depend on, and not for the last. */
  readonly up: readonly string[];
}

/** The compose plugin of docker, else the program of its own; undefined when there is neither. */
export async function findCompose(signal: AbortSignal): Promise<Compose | undefined> {
  const options = { cwd: process.cwd(), env: process.env, signal };
  for (const command of [["docker", "compose"], ["docker-compose"]] as const) {
    try {
      const [program, ...args] = command;
      const { stdout } = await runCommand(program, [...args, "version", "--short"], options);
      const version = stdout.trim().replace(/^v/, "");
      const canWait = Number(version.split(".")[0]) >= 2;
      return { version, command, up: ["up", "--detach", ...(canWait ? ["--wait"] : [])] };
    } catch {
      signal.throwIfAborted();
    }
  }
  return undefined;
}
