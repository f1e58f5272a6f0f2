import type { Duration } from "../core/duration.ts";
import { durationMs, toDuration } from "../core/duration.ts";
import type { Profile } from "./profile.ts";

/** A timeout in an environment: the only place where the multiplier is applied. */
export function budgetOf(timeout: Duration, { startupTimeoutMultiplier }: Profile): Duration {
  return toDuration(durationMs(timeout) * startupTimeoutMultiplier);
}
