import { excerpt } from "../../core/excerpt.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";

/** How old the output of a health check that does not pass may be: the engine does not tell of each check. */
const outputAgeMs = 1000;

/** Asks what the engine's own health check says of the container. */
export const engineHealthy: Attempt<"engine-healthy"> = async (_probe, { host }, context) => {
  context.step("asking the engine for the container's state");
  const known = await context.container.state();
  const isShown = known.health === "starting" || known.health === "unhealthy";
  const facts = isShown ? await context.container.state(outputAgeMs) : known;
  const { running, exitCode, health, healthOutput } = facts;
  if (!running) return failed(causeOf("exited", `${host} does not run: it ended with exit code ${exitCode}`));
  const written = excerpt(context.redact(healthOutput));
  const output = written === "" ? "" : `; the last check wrote: ${written}`;
  switch (health) {
    case "healthy":
      return passed;
    case "starting":
      return failed(causeOf("unhealthy", `the engine's health check of ${host} has not passed yet${output}`));
    case "unhealthy":
      return failed(causeOf("unhealthy", `the engine calls ${host} unhealthy${output}`));
    case undefined:
      return failed(
        causeOf("unhealthy", `${host} has no health check that the engine could make: declare one`, true),
      );
  }
};
