import { Command } from "commander";
import { diffMarkdown } from "../review/diff-markdown.ts";
import { diffPlans } from "../review/lifecycle-diff.ts";
import { revisionPlans, workingTreePlans } from "./revision-plans.ts";

/**
 * `phasegate diff BASE [HEAD]`: what changes in the lifecycle between two revisions, as Markdown for a pull request.
 * Exit code 1 with --fail-on-weakened when something is proven less, 130 when it was interrupted. Asks no engine.
 */
export function diffCommand(): Command {
  return new Command("diff")
    .summary("Show what changes in the lifecycle between two git revisions")
    .description(
      "Show, as Markdown, what changes in the lifecycle of every stack between two git revisions, and what is proven less than before. Needs no engine.",
    )
    .argument("<base>", "a git revision: main, HEAD~1, a commit")
    .argument("[head]", "another revision (default: the files in the working directory)")
    .option("--fail-on-weakened", "exit with code 1 if something is proven less than before")
    .option("--json", "print JSON")
    .action(
      async (base: string, head: string | undefined, options: { failOnWeakened?: true; json?: true }) => {
        const abort = new AbortController();
        // It stays until the end: a second Ctrl-C must not leave a worktree behind.
        const interrupt = () => abort.abort();
        process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
        try {
          const { diff, title } = await projectDiff(process.cwd(), base, head, abort.signal);
          console.log(
            options.json ? JSON.stringify({ ...title, ...diff }, null, 2) : diffMarkdown(diff, title),
          );
          process.exitCode = options.failOnWeakened && diff.weakened.length > 0 ? 1 : 0;
        } catch (error) {
          if (!abort.signal.aborted) throw error;
          process.exitCode = 130;
        } finally {
          process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
        }
      },
    );
}

async function projectDiff(root: string, base: string, head: string | undefined, signal: AbortSignal) {
  // One after the other: two worktrees made at once would wait for the same lock of git.
  const before = await revisionPlans(root, base, signal);
  const after = head === undefined ? await workingTreePlans(root) : await revisionPlans(root, head, signal);
  return { diff: diffPlans(before.plans, after.plans), title: { base: before.name, head: after.name } };
}
