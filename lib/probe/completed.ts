import { causeOf, failed, passed } from "./outcome.ts";
import type { Attempt } from "./probe-kind.ts";

/**
 * Asks whether the job's container has ended, and how. Another exit code than the expected one is
 * permanent: what is over does not change by waiting.
 */
export const completed: Attempt<"completed"> = async ({ exitCode }, { host }, context) => {
  context.step("asking the engine for the container's state");
  const state = await context.container.state();
  if (state.running) return failed(causeOf("running", `${host} is still running`));
  if (state.exitCode === exitCode) return passed;
  return failed(
    causeOf("exited", `${host} ended with exit code ${state.exitCode}, expected ${exitCode}`, true),
  );
};
