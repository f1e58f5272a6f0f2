/** What happens to services, as it is kept, sent and shown. Times are milliseconds since the epoch. */
import type { ServiceState, StateCauseText } from "./status.ts";

/** One change of a service's state. */
export interface Transition {
  /** Numbers the transitions in their order, across starts of the coordinator. */
  readonly seq: number;
  readonly atMs: number;
  readonly service: string;
  readonly from: ServiceState;
  readonly to: ServiceState;
  readonly cause: StateCauseText;
  /** Counts the runs of the service's workload. */
  readonly generation: number;
  /** The incident that it belongs to. */
  readonly incident?: number | undefined;
}

/** What was done for one service in an incident. */
export interface IncidentStep {
  readonly service: string;
  readonly action: "restart" | "revalidate";
  /** The service because of which; itself where it failed. */
  readonly because: string;
  readonly beganMs: number;
  readonly tookMs?: number | undefined;
  /** How it came out; undefined while it is under way. */
  readonly result?: "ready" | "failed" | undefined;
}

/** A root failure with all that follows from it. */
export interface Incident {
  readonly id: number;
  readonly openedMs: number;
  readonly closedMs?: number | undefined;
  /** The service that failed first, or what it needs that failed soon after. */
  readonly root: string;
  readonly cause: StateCauseText;
  readonly outcome: "open" | "recovered" | "givenUp" | "stopped";
  /** All services that it has reached, and the state of each as last known. */
  readonly services: Readonly<Record<string, ServiceState>>;
  readonly steps: readonly IncidentStep[];
}

/** Incidents, the newest first. */
export interface IncidentHistory {
  readonly incidents: readonly Incident[];
  /** Whether older ones that were wanted were left out, for the length of the answer. */
  readonly cut: boolean;
}

/** The most transitions that one answer holds. */
export const mostTransitions = 1000;
/** The most incidents that one answer holds. */
export const mostIncidents = 100;
