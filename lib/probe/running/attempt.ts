import { describeMs, durationMs } from "../../core/duration.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";

/** Asks whether the service's container runs, and for how long it has. */
export const running: Attempt<"running"> = async (probe, { host }, context) => {
  context.step("asking the engine for the container's state");
  const state = await context.container.state();
  if (!state.running)
    return failed(causeOf("exited", `${host} does not run: it ended with exit code ${state.exitCode}`));
  const ranMs = state.startedMs === undefined ? 0 : context.clock.now() - state.startedMs;
  if (ranMs >= durationMs(probe.for)) return passed;
  return failed(causeOf("young", `${host} has run for ${describeMs(ranMs)} of ${probe.for}`));
};
