import type { JobRuns } from "../../model/job.ts";
import type { LimitsPlan } from "../../model/container/resources.ts";
import type { KeptPassword } from "../../model/kept-passwords.ts";
import type { DependencyPolicy } from "../../model/needs.ts";
import type { ReadinessSpec } from "../../model/plan.ts";
import type { Schedule } from "../../model/schedule.ts";
import type { SupervisionSpec } from "../../model/supervision.ts";

/** Stands for the generations of a job that runs at every `up`, where the edge ignores them. */
export const anyGeneration = "any";

/** A service that this one needs: what happens when its generation is another one than before. */
export interface Dependency {
  readonly onChange: DependencyPolicy;
  readonly generation: string;
  /** Whether it is of the same phase: a gate has not proven it yet. */
  readonly samePhase: boolean;
  /** The declared service that it is an instance of; undefined where that is one service. */
  readonly replicaOf?: string | undefined;
}

/** What the program passes to the resource ServiceReadiness. */
export interface ServiceReadinessInputs extends ReadinessSpec {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  /** The id of the coordinator's container. */
  readonly coordinator: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
  readonly service: string;
  readonly phase: string;
  /** The declared service that it is an instance of; undefined where that is one service. */
  readonly replicaOf?: string | undefined;
  /** The id of the service's container. */
  readonly container: string;
  /** Its place in the order of the start. */
  readonly startIndex: number;
  /** The phases that its phase depends on. Absent in state that an earlier version has written. */
  readonly after: readonly string[];
  /** How it is watched once it is ready. Absent in state that an earlier version has written. */
  readonly supervision: SupervisionSpec;
  /** When an `up` runs a job. Absent: where its container is another. */
  readonly runs?: JobRuns | undefined;
  /** When the coordinator runs a job by itself. */
  readonly schedule?: Schedule | undefined;
  /** Absent in state that an earlier version has written. */
  readonly dependencies?: Readonly<Record<string, Dependency>> | undefined;
  /** The container's limits that can change while it runs. Absent where it has none. */
  readonly limits?: LimitsPlan | undefined;
  /** The passwords that it keeps in its volumes. Absent in state that an earlier version has written. */
  readonly keptPasswords?: readonly KeptPassword[] | undefined;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a gate waits for of a service. */
export interface WantedService {
  readonly generation: string;
  readonly verification: number;
  readonly specHash: string;
}

/** These are inputs, too, since `check` makes them. */
export interface ServiceReadinessOutputs extends ServiceReadinessInputs {
  /** What the phase's gate waits for. Absent in state that an earlier version has written. */
  readonly wanted?: WantedService | undefined;
  /** Names what an `up` has begun: this container, or its last restart that an `up` wanted. */
  readonly generation: string;
  /** Counts the proofs that were asked for. Absent in state that an earlier version has written. */
  readonly verification?: number | undefined;
}
