import type { Parity } from "phasegate";

/** What the environments of this project's declarations may differ in: how long, how often, how much, and where. */
export const environmentsMayDiffer: Parity = {
  allow: [
    { path: "startupTimeoutMultiplier", reason: "machines differ in speed" },
    { path: "phases.*.budget", reason: "the declared timeout times the environment's multiplier" },
    {
      path: "services.*.readiness.budget",
      reason: "the declared timeout times the environment's multiplier",
    },
    { path: "phases.*.edgeBudget", reason: "the declared edgeTimeout times the environment's multiplier" },
    { path: "phases.*.edges", reason: "edges are proven from the level productionSimulation on" },
    {
      path: "healthCheckInterval",
      reason: "how soon a failure must be noticed depends on who uses the environment",
    },
    { path: "services.*.supervision.interval", reason: "the environment's healthCheckInterval" },
    { path: "validationLevel", reason: "an environment asks as much as its purpose needs" },
    { path: "services.*.readiness.level", reason: "follows the environment's validationLevel" },
    { path: "services.*.published.port", reason: "environments stand side by side on one machine" },
  ],
};
