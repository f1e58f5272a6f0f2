import { durationMs } from "../core/duration.ts";
import type { SupervisionSpec } from "../model/supervision.ts";

type Intensity = SupervisionSpec["intensity"];

/** The restarts that still count: those within the window. */
export function recentRestarts(
  restartsMs: readonly number[],
  { within }: Intensity,
  nowMs: number,
): number[] {
  const sinceMs = nowMs - durationMs(within);
  return restartsMs.filter((atMs) => atMs > sinceMs);
}

/**
 * Whether one more restart is within the intensity: at most `restarts` within `within`. The rule is that of OTP's supervisors
 * (https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity): they count restarts, and give up at the one that
 * would be too many.
 */
export function mayRestart(restartsMs: readonly number[], intensity: Intensity, nowMs: number): boolean {
  return recentRestarts(restartsMs, intensity, nowMs).length < intensity.restarts;
}
