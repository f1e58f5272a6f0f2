/** The validation levels, from the least strict to the strictest. */
export const validationLevels = ["basic", "comprehensive", "productionSimulation", "production"] as const;

/**
 * How much of a validation an environment asks for.
 * - `basic`: the probes marked `level: "basic"`: connectivity and one business probe a service
 * - `comprehensive`: every probe
 * - `productionSimulation`: every probe, and each edge from the dependent's side, as a dress rehearsal of production
 * - `production`: as productionSimulation, without the probes that write (`mutates: true`)
 */
export type ValidationLevel = (typeof validationLevels)[number];

/** Whether a probe is enabled at `level`. */
export function isEnabled(
  level: ValidationLevel,
  probe: { level: ValidationLevel; mutates: boolean },
): boolean {
  if (level === "production" && probe.mutates) return false;
  return isAtLeast(level, probe.level);
}

/** Whether a level asks for all that another one asks for. */
export function isAtLeast(level: ValidationLevel, other: ValidationLevel): boolean {
  return validationLevels.indexOf(level) >= validationLevels.indexOf(other);
}
