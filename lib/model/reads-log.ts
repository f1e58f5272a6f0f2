import type { DeclaredProbe, Probe } from "./probe.ts";

/** Whether a probe, or a part of it, is about lines of the log. */
export function readsLog(probe: Probe | DeclaredProbe): boolean {
  if (probe.kind === "not") return readsLog(probe.part);
  if (probe.kind === "all" || probe.kind === "any") return probe.parts.some(readsLog);
  return probe.kind === "log-line";
}
