import type { Outcome } from "../probe/outcome.ts";
import type { Sighting } from "../readiness/service-container.ts";
import type { DesiredService } from "./desired-service.ts";
import type { StateCause } from "./service-state.ts";
import type { Down, ServiceRecord } from "./service-record.ts";

/** What comes to a service's actor, one at a time. */
export type ServiceEvent =
  /** An `up` says what it wants. `restartFor`: it is to be restarted because of these services, which it needs. */
  | {
      readonly type: "applied";
      readonly desired: DesiredService;
      readonly restartFor: readonly string[];
      /** Whether the workload was there before: its budget begins now then. */
      readonly again: boolean;
      /** Whether a workload that has never run is started by the coordinator, when what it needs is ready. */
      readonly waitsForNeeds?: boolean | undefined;
      /** The generations of the services that it needs, now. */
      readonly needed: Readonly<Record<string, number>>;
    }
  /** The platform was looked at; `look` numbers the looks in the order in which they began. */
  | { readonly type: "seen"; readonly seen: Exclude<Sighting, "unseen">; readonly look: number }
  /** Somebody ordered the platform to stop, kill or remove the workload. Whether it was the coordinator itself, its record says. */
  | { readonly type: "ordered" }
  /** An attempt of a probe has ended, which began at `beganMs` under the probing `key`. */
  | {
      readonly type: "attempted";
      readonly key: string;
      readonly probe: string;
      readonly outcome: Outcome;
      readonly beganMs: number;
    }
  /** The platform has answered an order, or not answered it in time. */
  | {
      readonly type: "acted";
      readonly act: number;
      readonly error: ActError | undefined;
      /** What the look after it has shown, where the platform has done what was ordered. */
      readonly shown?: Exclude<Sighting, "unseen"> | undefined;
    }
  /** Time has passed. */
  | { readonly type: "woken" }
  /** What the supervisor, or a command, wants. */
  | {
      readonly type: "begin";
      readonly action: "start" | "restart" | "verify";
      readonly cause: StateCause;
      readonly needed: Readonly<Record<string, number>>;
    }
  | { readonly type: "stop"; readonly cause: StateCause }
  /** Somebody wants a job to be run, by hand. */
  | { readonly type: "run"; readonly cause: StateCause }
  /**
   * A job's schedule has been seen to up to `handledMs`, on people's clocks. `due` says which run is to begin now, `missed` which were
   * not made, and why.
   */
  | {
      readonly type: "scheduled";
      readonly handledMs: number;
      readonly due?: string | undefined;
      readonly missed?: string | undefined;
    }
  /** The services that it needs run in these generations, and its policy is to do nothing about it. */
  | { readonly type: "adopt"; readonly needed: Readonly<Record<string, number>> }
  /** A service that it needs is not ready, or all are again. */
  | { readonly type: "dependencies"; readonly down: Down | undefined; readonly excused: boolean }
  /** Its probes fail, and all that it needs works: the failure is its own. */
  | { readonly type: "blamed" }
  /** A dependent's probes have failed since `sinceMs`: does this service work? */
  | { readonly type: "questioned"; readonly sinceMs: number }
  /** The outcome has been answered to a client, or is of no use to any. */
  | { readonly type: "reported" }
  /** An `up` asks again about a service whose failure has been reported: it is tried once more. */
  | { readonly type: "retry" };

export interface ActError {
  readonly text: string;
  /** The platform did not answer: that says nothing about the service. */
  readonly silent: boolean;
}

/** What a step wants done. Each comes back as an event. */
export type Effect =
  | { readonly type: "act"; readonly act: NonNullable<ServiceRecord["act"]> }
  /** Look at the workload. */
  | { readonly type: "look" }
  /** Probes that do not pass are tried now: something may have changed for them. */
  | { readonly type: "tryNow" }
  /** Every probe is tried now, also those that pass. */
  | { readonly type: "tryAll" };

export interface Step {
  readonly record: ServiceRecord;
  readonly effects: readonly Effect[];
}
