import type { ReadinessSpec } from "./plan.ts";

/** Whether ending with this exit code is what a container is meant to do. A job may be expected to end otherwise than with 0. */
export function isGoodEnd({ job, probes }: ReadinessSpec, exitCode: number): boolean {
  if (!job) return false;
  const completed = Object.values(probes).find((probe) => probe.kind === "completed");
  return exitCode === (completed?.exitCode ?? 0);
}
