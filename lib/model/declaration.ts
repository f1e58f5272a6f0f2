import type { Duration } from "../core/duration.ts";
import type { Alerting } from "./alerting.ts";
import type { Environment } from "./environment.ts";
import type { DependencyPolicy, Needs } from "./needs.ts";
import type { Registries } from "./registries.ts";
import type { Service } from "./service.ts";
import type { Supervision } from "./supervision.ts";
import type { Metrics } from "./telemetry.ts";

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
  /**
   * How long the phase's edges may take to be proven from the dependents' side, before its containers are created
   * and before the environment's multiplier. Enabled at the levels productionSimulation and production. Default "30s".
   */
  readonly edgeTimeout?: Duration;
}

/** What happens when a service fails. */
export interface FailureHandling {
  /**
   * How many times a gate restarts a service that exits before it is ready, or runs a job again that ended otherwise
   * than expected. One that ends with 126 or 127, a command that cannot be executed or is not there, is not restarted.
   */
  readonly maxRetries: number;
  /** The wait before the n-th restart: `min(initial * multiplier^n, max)`. `initial` is "1s" unless given. */
  readonly backoff: { readonly initial?: Duration; readonly multiplier: number; readonly max: Duration };
  /** For the edges of `needs` that do not say otherwise, but those of a job: it is not run again. Default "restart". */
  readonly onDependencyChange?: DependencyPolicy;
  /**
   * Ends a gate as soon as a probe meets a cause that waiting will not heal (a password that is refused, a
   * database that does not exist). Default false: the gate says so early, and waits for its deadline.
   */
  readonly failFast?: boolean;
  /** The time between SIGTERM and SIGKILL. */
  readonly grace: Duration;
}

/** A place in the plans at which environments may differ. */
export interface Allowance {
  /**
   * The place: `*` stands for any one key, `**` at the end for whatever follows.
   * @example "services.*.published.port"
   */
  readonly path: string;
  /** Why they may, in a sentence. It stands beside the difference in `phasegate parity`. */
  readonly reason: string;
}

/** What `phasegate parity` accepts: a difference between two environments that is not listed is a failure. */
export interface Parity {
  readonly allow: readonly Allowance[];
}

/** A stack declaration: services, phases, who needs whom, and what happens on failure. Made by `defineStack()`. */
export interface StackDeclaration {
  /** Lower-case letters, digits and dashes; every container's name begins with it. */
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly services: Readonly<Record<string, Service>>;
  readonly phases: Readonly<Record<string, Phase>>;
  /** Which services a service calls. An edge may not point to a later phase. */
  readonly needs: Readonly<Record<string, Needs>>;
  readonly failureHandling: FailureHandling;
  /** How the services are watched once they are ready. A service's own `supervision` stands before it, part by part. */
  readonly supervision?: Supervision;
  /** Who is alerted of what the coordinator cannot heal soon. Default: nobody. */
  readonly alerting?: Alerting;
  /** The coordinator's endpoint for Prometheus. Default: none. */
  readonly metrics?: Metrics;
  /**
   * Accounts of the registries that images are pulled from, by builds of Dockerfiles too. Neither the engine's nor the user's
   * configuration of docker is read or written. Default: none.
   */
  readonly registries?: Registries;
  /** Where the environments' plans may differ. Default: nowhere but in the names of stack and environment. */
  readonly parity?: Parity;
}
