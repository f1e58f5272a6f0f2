import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finished } from "./command.ts";
import { runCommand } from "./command.ts";
import type { Compose } from "./compose.ts";
import { unlessMiscounted } from "./remove-network.ts";

/** A project for compose, in a folder of its own. */
export interface ComposeProject {
  /** Ends when all is up, or what `services` names and needs. */
  up(signal: AbortSignal, ...services: readonly string[]): Promise<Finished>;
  /** Says what an `up` would do. Compose before 2 cannot. */
  dryRun(signal: AbortSignal, ...services: readonly string[]): Promise<Finished>;
  /** Takes all of it away, also after an interruption. */
  down(): Promise<void>;
}

/** @param files by their names; compose.yaml is one of them */
export function openComposeProject(
  compose: Compose,
  dir: string,
  name: string,
  files: Readonly<Record<string, string>>,
): ComposeProject {
  mkdirSync(dir, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text);
  const run = (args: readonly string[], signal: AbortSignal) => {
    const [program, ...first] = compose.command;
    const all = [...first, "--project-name", name, "--file", "compose.yaml", ...args];
    return runCommand(program, all, { cwd: dir, env: process.env, signal });
  };
  const down = () =>
    run(["down", "--volumes", "--remove-orphans", "--timeout", "5"], new AbortController().signal);
  return {
    up: (signal, ...services) => run([...compose.up, ...services], signal),
    dryRun: (signal, ...services) => run(["--dry-run", ...compose.up, ...services], signal),
    down: async () => {
      // After the removal of many containers the engine may say that their network is still in use, and a second later no longer.
      const removal = down().catch(() => sleep(1000).then(down));
      await unlessMiscounted(`of ${name}`, removal);
    },
  };
}
