import { z } from "zod";
import { durationSchema } from "../core/duration.ts";
import { problemsError } from "../core/errors.ts";
import { zodProblems } from "../core/problem.ts";
import { environments } from "./declaration.ts";
import { validationLevels } from "./level.ts";

// Pulumi hands numbers over as text, and writes them as text when it rewrites a config file.
const numeric = (value: unknown) =>
  typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;

/** What an environment says of itself: the keys of `Pulumi.<stack>.yaml`, without the project's prefix. */
export const profileSchema = z.strictObject({
  /** Which declaration of stacks/ this stack deploys. */
  declaration: z.string().min(1),
  environment: z.enum(environments),
  /** Every phase's timeout is multiplied by it, once. */
  startupTimeoutMultiplier: z.preprocess(
    numeric,
    z.number({ error: 'must be a number such as "1.5"' }).gt(0).max(100),
  ),
  /** How often a service that is ready is asked again. */
  healthCheckInterval: durationSchema,
  validationLevel: z.enum(validationLevels),
  /** The first of the 1000 loopback ports of this environment. */
  portBase: z.preprocess(numeric, z.int().min(1024).max(64_535)),
  /** Other image references for single services: `{ postgres: "postgres:16" }`. */
  images: z.record(z.string(), z.string().min(1)),
});

/** An environment's validated config. It holds no secret. */
export type Profile = z.infer<typeof profileSchema>;

/**
 * Validates the raw config of one stack.
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID with every problem and its path.
 */
export function parseProfile(stack: string, raw: unknown): Profile {
  const parsed = profileSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw problemsError(
    "PHASEGATE_CONFIG_INVALID",
    `the config of stack ${stack} (Pulumi.${stack}.yaml) has problems`,
    zodProblems(parsed.error),
  );
}
