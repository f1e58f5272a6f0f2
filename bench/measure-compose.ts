import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finished } from "./command.ts";
import { runCommand } from "./command.ts";
import type { Compose } from "./compose.ts";
import { composeProject } from "./compose-file.ts";
import { waitForQuiet } from "./machine.ts";
import type { MeasureOptions } from "./measure-up.ts";
import { lastServiceUrl } from "./measure-up.ts";
import { trulyReady } from "./truly-ready.ts";
import type { Workspace } from "./workspace.ts";

export interface ComposeRun {
  readonly interval: string;
  readonly busyBefore: number;
  /** From the command's start until the last service said from outside that it is ready. */
  readonly trulyReadyMs: number;
  /** Until the command had ended and the last service was ready. */
  readonly upMs: number;
  readonly noChangeMs: readonly number[];
}

const projectName = "phasegate-bench";

/** Measures one `up` of the same containers under compose, from nothing, then others with nothing to change. */
export async function measureCompose(
  compose: Compose,
  workspace: Workspace,
  images: Readonly<Record<string, string>>,
  interval: string,
  { signal, quietWaitMs, repeat, say }: MeasureOptions,
): Promise<ComposeRun> {
  const cwd = join(workspace.dir, `compose-${interval}`);
  mkdirSync(cwd, { recursive: true });
  const { yaml, files } = composeProject(workspace, images, interval);
  for (const [name, text] of Object.entries({ ...files, "compose.yaml": yaml }))
    writeFileSync(join(cwd, name), text);
  const last = Object.keys(workspace.plan.services).at(-1) ?? "";
  const run = (args: readonly string[], abort: AbortSignal): Promise<Finished> => {
    const [program, ...first] = compose.command;
    const all = [...first, "--project-name", projectName, "--file", "compose.yaml", ...args];
    return runCommand(program, all, { cwd, env: process.env, signal: abort });
  };
  const down = () =>
    run(["down", "--volumes", "--remove-orphans", "--timeout", "5"], new AbortController().signal);
  const up = async () => {
    const beganMs = performance.now();
    const ready = trulyReady(lastServiceUrl(workspace), signal).then(() => performance.now() - beganMs);
    ready.catch(() => undefined);
    // Of the last service alone: a job that has ended would count as a failure. All others come before it.
    const { tookMs } = await run([...compose.up, last], signal);
    const trulyReadyMs = await ready;
    return { trulyReadyMs, upMs: Math.max(tookMs, trulyReadyMs) };
  };

  try {
    const busyBefore = await waitForQuiet(quietWaitMs, signal);
    say(`compose from nothing, health checks every ${interval}`);
    const first = await up();
    const noChangeMs: number[] = [];
    for (let at = 0; at < repeat; at++) {
      say(`compose without a change ${at + 1} of ${repeat}`);
      await waitForQuiet(quietWaitMs, signal);
      noChangeMs.push((await up()).upMs);
    }
    return { interval, busyBefore, ...first, noChangeMs };
  } finally {
    await down();
  }
}
