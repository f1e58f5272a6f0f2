import type { Duration } from "../core/duration.ts";
import type { Service } from "./service.ts";

/** The environments that a declaration may be deployed to. */
export const environments = ["development", "test", "staging", "production"] as const;
export type Environment = (typeof environments)[number];

/** A named barrier: its services start together, and the phases that depend on it start when its gate opens. */
export interface Phase {
  /** What people read in `pulumi up`: "Infrastructure Readiness". */
  readonly title: string;
  /** The services that start together. Each service belongs to exactly one phase. */
  readonly services: readonly string[];
  /** The phases whose gates must be open before this one's containers are created. Default: none. */
  readonly dependsOn?: readonly string[];
  /** The validation that every service of the phase must pass. A job only has to complete. */
  readonly validation: string;
  /** How long the services may take to be ready, before the environment's multiplier. */
  readonly timeout: Duration;
}

/** What happens when a service fails. */
export interface FailureHandling {
  /** How many times a gate restarts a service that exits before it is ready. */
  readonly maxRetries: number;
  /** The wait before the n-th restart: `min(initial * multiplier^n, max)`. `initial` is "1s" unless given. */
  readonly backoff: { readonly initial?: Duration; readonly multiplier: number; readonly max: Duration };
  /** What a dependent does when a service that it needs was restarted or replaced. */
  readonly onDependencyChange: "restart" | "revalidate" | "ignore";
  /** The time between SIGTERM and SIGKILL. */
  readonly grace: Duration;
}

/** A stack declaration: services, phases, who needs whom, and what happens on failure. Made by `defineStack()`. */
export interface StackDeclaration {
  /** Lower-case letters, digits and dashes; every container's name begins with it. */
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly services: Readonly<Record<string, Service>>;
  readonly phases: Readonly<Record<string, Phase>>;
  /** Which services a service calls. An edge may not point to a later phase. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  readonly failureHandling: FailureHandling;
}
