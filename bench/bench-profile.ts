import type { Profile } from "phasegate";
import { parseProfile } from "phasegate";

/** What a benchmark's profile says of its own. */
interface Own {
  readonly declaration: string;
  /** Default "10s". */
  readonly healthCheckInterval?: string;
  /** Default "1". */
  readonly startupTimeoutMultiplier?: string;
  /** Default "basic". */
  readonly validationLevel?: string;
}

/** The profile of a benchmark's stack. */
export function benchProfile(
  stack: string,
  {
    declaration,
    healthCheckInterval = "10s",
    startupTimeoutMultiplier = "1",
    validationLevel = "basic",
  }: Own,
): Profile {
  return parseProfile(stack, {
    ...{ declaration, environment: "test", startupTimeoutMultiplier, healthCheckInterval, validationLevel },
    ...{ portBase: 20_000, images: {} },
  });
}

/** What a benchmark starts is started once: another try would be measured with the first. */
export const startedOnce = {
  maxRetries: 0,
  backoff: { multiplier: 2, max: "1s" },
  grace: "1s",
} as const;
