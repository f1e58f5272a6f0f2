import type { JobRuns } from "../model/job.ts";
import type { LimitsPlan } from "../model/container/resources.ts";
import type { KeptPassword } from "../model/kept-passwords.ts";
import type { DependencyPolicy } from "../model/needs.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { Schedule } from "../model/schedule.ts";
import type { SupervisionSpec } from "../model/supervision.ts";

/** What an `up` has applied of a service: plain JSON, without a secret. */
export interface DesiredService {
  readonly service: string;
  readonly phase: string;
  /** The phases that its phase depends on. */
  readonly after: readonly string[];
  /** Its place in the order of the start. */
  readonly startIndex: number;
  /** The services that it calls, and what it does when one of them runs again. */
  readonly needs: Readonly<Record<string, DependencyPolicy>>;
  /** The declared service that it is an instance of; absent where that is one service. */
  readonly replicaOf?: string | undefined;
  /** The workload's id on its platform. */
  readonly workload: string;
  /** Names the run that the `up` wants: the container, or a restart of it. */
  readonly generation: string;
  /** Counts the proofs that were asked for. */
  readonly verification: number;
  /** The hash of {@link readiness}. */
  readonly specHash: string;
  readonly readiness: ReadinessSpec;
  readonly supervision: SupervisionSpec;
  /** When an `up` runs a job. Absent: where its container is another. */
  readonly runs?: JobRuns | undefined;
  /** The container's limits that can change while it runs. Absent where it has none. */
  readonly limits?: LimitsPlan | undefined;
  /** When the coordinator runs a job by itself. */
  readonly schedule?: Schedule | undefined;
  /** The passwords that the service keeps in its volumes. */
  readonly keptPasswords: readonly KeptPassword[];
}
