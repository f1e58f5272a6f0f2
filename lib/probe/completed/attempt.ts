import { excerpt } from "../../core/excerpt.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";

/**
 * Asks whether the job's container has ended, and how. Another exit code than the expected one is
 * permanent: what is over does not change by waiting.
 */
export const completed: Attempt<"completed"> = async ({ exitCode }, { host }, context) => {
  context.step("asking the engine for the container's state");
  const state = await context.container.state();
  if (state.running) return failed(causeOf("running", `${host} is still running`));
  if (state.exitCode === exitCode) return passed;
  const text = `${host} ended with exit code ${state.exitCode}, expected ${exitCode}`;
  return failed(causeOf("exited", `${text}${await lastWords(context)}`, true));
};

/** A job says last why it gives up; a stack trace says more, and stands in the gate's report. */
async function lastWords({ container, redact, step }: AttemptContext): Promise<string> {
  step("asking the engine for the container's last lines");
  // How it ended is known, and must be reported also when its lines cannot be had.
  const all = await container.lastLines(10).catch(() => undefined);
  if (all === undefined) return "";
  if (all.length === 0) return "; it wrote no line";
  const lines = all.map(redact).filter((line) => line.trim() !== "");
  return lines.length === 0 ? "" : `; its last lines: ${excerpt(lines.slice(-3).join(" | "))}`;
}
