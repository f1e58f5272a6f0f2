import { z } from "zod";
import type { Duration } from "../../core/duration.ts";
import { positiveDuration } from "../../core/duration.ts";
import type { ValidationLevel } from "../level.ts";
import { validationLevels } from "../level.ts";

/**
 * What a probe that fails means once its service is ready: `restart`, the service is unhealthy and is restarted; `report`, it is
 * degraded, and left as it is.
 */
export const consequences = ["restart", "report"] as const;
export type Consequence = (typeof consequences)[number];

/** What every probe says besides its kind. */
export const commonProbeSchemas = {
  /** How long one attempt may take. On timeout it is cancelled on the server as well. */
  timeout: positiveDuration,
  /** The lowest validation level that asks for this probe. */
  level: z.enum(validationLevels),
  /** Whether an attempt writes: such a probe is left out at the level "production". */
  mutates: z.boolean(),
  /** What it means when it fails once the service is ready. Default: by what it asks, see lib/supervision/monitor-policy.ts. */
  whenFailing: z.enum(consequences).optional(),
};

/** The same, as types. */
export interface Common {
  readonly timeout: Duration;
  readonly level: ValidationLevel;
  readonly mutates: boolean;
  readonly whenFailing?: Consequence | undefined;
}

/** The options of every probe. */
export interface ProbeOptions {
  /** How long one attempt may take. Default "5s". */
  readonly timeout?: Duration;
  /** The lowest validation level that asks for this probe. Default "comprehensive". */
  readonly level?: ValidationLevel;
  /** Whether an attempt writes; such a probe is left out at the level "production". Default false. */
  readonly mutates?: boolean;
  /**
   * What it means when it fails once the service is ready: "restart" or "report". Default: a measurement (p95, memory), and a
   * database that answers wrongly, are reported; everything else restarts the service.
   */
  readonly whenFailing?: Consequence;
}
