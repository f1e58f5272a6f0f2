import { mkdtemp, rm, symlink, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { Plans } from "../review/lifecycle-diff.ts";
import { viewPlan } from "../review/plan-view.ts";
import { runCommand } from "./run-command.ts";
import { readStackPlan, stackNames } from "../project/stack-plan.ts";

/** The plans of a project's stacks at one revision. */
export interface RevisionPlans {
  /** As a person names it: "main (1f24ba9)". */
  readonly name: string;
  readonly plans: Plans;
}

/** The plans of the project as its files stand. @throws PhasegateError as `readStackPlan()` */
export async function workingTreePlans(root: string): Promise<RevisionPlans> {
  const stacks = await stackNames(root);
  const plans = await Promise.all(
    stacks.map(async (stack) => [stack, viewPlan(await readStackPlan(root, stack))] as const),
  );
  return { name: "the working tree", plans: Object.fromEntries(plans) };
}

/**
 * The plans of the project at a git revision, resolved by that revision's own code in a worktree of its own, which
 * is removed afterwards. It runs with the packages of this checkout: those of the revision are not installed.
 * @param signal ends it; the worktree is removed all the same
 * @throws PhasegateError PHASEGATE_REVISION_UNRESOLVED
 */
export async function revisionPlans(
  root: string,
  revision: string,
  signal: AbortSignal,
): Promise<RevisionPlans> {
  try {
    const commit = await git(
      root,
      ["rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`],
      signal,
    );
    const prefix = await git(root, ["rev-parse", "--show-prefix"], signal);
    const plans = await inWorktree(root, commit, signal, (tree) =>
      resolveAll(join(tree, prefix), root, signal),
    );
    const short = commit.slice(0, 7);
    return { name: revision.startsWith(short) ? short : `${revision} (${short})`, plans };
  } catch (error) {
    signal.throwIfAborted();
    throw new PhasegateError(
      "PHASEGATE_REVISION_UNRESOLVED",
      `the plans of the revision ${revision} cannot be resolved: ${errorText(error)}`,
      { cause: error },
    );
  }
}

/** Runs something in a checkout of a commit beside the repository. */
async function inWorktree<T>(
  root: string,
  commit: string,
  signal: AbortSignal,
  use: (tree: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "phasegate-revision-"));
  const tree = join(dir, "tree");
  try {
    // A hook of the user's would run in a folder that is gone in a second. What git has begun when it is interrupted
    // it takes away itself.
    await git(
      root,
      ["-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", tree, commit],
      signal,
    );
    try {
      return await use(tree);
    } finally {
      await git(root, ["worktree", "remove", "--force", tree]);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function resolveAll(project: string, root: string, signal: AbortSignal): Promise<Plans> {
  const packages = join(project, "node_modules");
  await symlink(join(root, "node_modules"), packages);
  try {
    const stacks = await stackNames(project);
    // All of them end before the folder goes away under one that still runs.
    const settled = await Promise.allSettled(stacks.map((stack) => resolveOne(project, stack, signal)));
    const plans = settled.map((one, i) => {
      if (one.status === "fulfilled") return [stacks[i] ?? "", one.value] as const;
      throw one.reason;
    });
    return Object.fromEntries(plans);
  } finally {
    // So that whatever removes the worktree has no link to follow.
    await unlink(packages);
  }
}

async function resolveOne(project: string, stack: string, signal: AbortSignal) {
  const command = ["bin/phasegate.mjs", "plan", "--stack", stack, "--json"];
  const text = await runCommand(process.execPath, command, { cwd: project, signal });
  try {
    return viewPlan(JSON.parse(text));
  } catch (error) {
    throw new Error(`"phasegate plan --stack ${stack} --json" answered with no plan there`, { cause: error });
  }
}

async function git(root: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  return (await runCommand("git", args, { cwd: root, ...(signal && { signal }) })).trimEnd();
}
