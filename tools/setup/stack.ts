/** Makes sure that a stack exists in the backend, and that its state and the engine agree. */
import { root } from "../bootstrap/paths.mjs";
import type { Result } from "../bootstrap/report.mjs";
import { lastLines, mustRun, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { projectName, stateFolder } from "./backend.ts";
import { forgetMissing, settleInterrupted } from "./repair.ts";
import { bareProject } from "./stack-config.ts";
import type { StackState } from "./stack-state.ts";
import { readState } from "./stack-state.ts";
import { hasDeadLock } from "./state-lock.ts";

/**
 * @param env in which `pulumi` runs
 * @throws SetupError when another process changes the stack
 */
export async function ensureStack(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<Result & { state: StackState }> {
  const state = await readState(stack, env);
  if (state === undefined) {
    await makeStack(stack, env);
    return { did: `${stack}: made`, state: emptyState };
  }
  const cleared = await clearDeadLock(stack, env);
  const settled = await settleInterrupted(stack, state, env);
  const current = settled === undefined ? state : ((await readState(stack, env)) ?? emptyState);
  const forgotten = await forgetMissing(stack, current, env);
  const done = [cleared, settled, forgotten].filter((text) => text !== undefined);
  return { ...(done.length > 0 ? { did: `${stack}: ${done.join("; ")}` } : { was: stack }), state: current };
}

const emptyState: StackState = { resources: [], pending: [] };

async function clearDeadLock(stack: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = stateFolder();
  if (folder === undefined || !hasDeadLock(folder, projectName(), stack)) return undefined;
  await mustRun("clear the lock of a process that is gone", "pulumi", ["cancel", "--yes", "--stack", stack], {
    env,
    cwd: root,
  });
  return "cleared the lock of a process that is gone";
}

async function makeStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await run("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive"], {
    env,
    cwd: bareProject(),
  });
  // Two processes may have come here at once: then one of them has made it.
  if (code === 0 || (await readState(stack, env)) !== undefined) return;
  throw new SetupError(`could not make the stack ${stack}:\n${lastLines(output, 12)}`);
}
