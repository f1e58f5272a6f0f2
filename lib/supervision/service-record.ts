import { durationMs } from "../core/duration.ts";
import { runsAtUp } from "../model/job.ts";
import { isEnabled } from "../model/level.ts";
import type { Probe } from "../model/probe.ts";
import type { ProbeRecord } from "../readiness/probe-record.ts";
import { newRecord as newProbeRecord } from "../readiness/probe-record.ts";
import type { Sighting } from "../readiness/service-container.ts";
import type { DesiredService } from "./desired-service.ts";
import type { SlownessRecord } from "./slowness.ts";
import type { ServiceState, StateCause } from "./service-state.ts";

/** Something that the platform was ordered to do, and has not answered yet. It is on the disk before the order is given. */
export interface Act {
  readonly id: number;
  readonly order: "start" | "restart" | "stop";
  /** The start of the run that it ends. An order that is given twice is carried out once. */
  readonly from: number | undefined;
  readonly deadlineMs: number;
}

/** A needed service that is not ready: `service` is the root of it, which may be further away. */
export interface Down {
  readonly service: string;
  readonly text: string;
}

/** What last kept a service from staying ready, within one proof. */
export interface Interruption {
  /** How often it was, in this proof. */
  readonly times: number;
  /** For how long it had been ready. */
  readonly afterMs: number;
  /** By what, in words. */
  readonly text: string;
  /** Of which proof: its deadline, which restarts of the failure policy do not put off. */
  readonly deadlineMs: number | undefined;
}

/** All that the coordinator knows of a service: plain JSON. Its actor is the only one that changes it. */
export interface ServiceRecord {
  readonly desired: DesiredService;
  readonly state: ServiceState;
  /** Counts the workload's runs. It goes up when a run ends, or when one begins whose predecessor was not seen to end. */
  readonly generation: number;
  /** What brought the generation about. */
  readonly by: StateCause["kind"];
  /** The start of the current run by the platform's clock: its identity. Of a run that has ended, too. */
  readonly startedMs: number | undefined;
  /** Whether the run that began at `startedMs` has ended. */
  readonly ended: boolean;
  readonly seen: Sighting;
  /** The number of the look that gave `seen`. */
  readonly look: number;
  readonly probes: readonly ProbeRecord[];
  /** How fast its probes were, by name: over restarts, until another spec asks something else. */
  readonly slowness: Readonly<Record<string, SlownessRecord>>;
  /** The generations of the needed services that this run was started or proven with. */
  readonly against: Readonly<Record<string, number>>;
  /** The last proof that succeeded. */
  readonly verified:
    { readonly verification: number; readonly specHash: string; readonly generation: number } | undefined;
  /** When a job last did its work, and in which generation: over other containers of it, too. */
  readonly completed?: { readonly atMs: number; readonly generation: number } | undefined;
  /** What a job's last run that somebody wanted is for. What repeats it since it failed is the same run. */
  readonly run?: { readonly for: StateCause["kind"] } | undefined;
  /** Up to when, on people's clocks, a job's schedule has been seen to. Undefined before it has been for the first time. */
  readonly scheduledMs?: number | undefined;
  /** What was last said of a service besides its states: that a job's time has passed without a run. */
  readonly said?: StateCause | undefined;
  /** By when the proof under way must have succeeded. The restarts of the failure policy do not put it off. */
  readonly deadlineMs: number | undefined;
  /** What last kept it from staying ready for its `minReady`, in this proof or an earlier one. */
  readonly interruption?: Interruption | undefined;
  /** How often it was restarted since the current proof began. */
  readonly restarts: number;
  /** When it was restarted because it failed, as far back as its intensity asks. */
  readonly restartsMs: readonly number[];
  /** The services because of which an `up` wants it to be restarted, while that has not begun. */
  readonly wanted: readonly string[] | undefined;
  readonly act: Act | undefined;
  readonly down: Down | undefined;
  /** Whether a service that it needs is degraded: what its own probes say against it is a symptom then. */
  readonly excused: boolean;
  /**
   * Since when its probes have failed often enough, while it is not known whether what it needs works: their failure may be a
   * symptom of that.
   */
  readonly suspectedMs: number | undefined;
  /** Since when a dependent whose probes fail asks whether this service works: until every probe has passed since. */
  readonly questionedMs: number | undefined;
  /** When somebody ordered the platform to stop or remove it. */
  readonly orderedMs: number | undefined;
  /** Whether the outcome of the last proof has been answered to a client, or whoever waited for it has left. */
  readonly reported: boolean;
  /** Whether its workload was created for it by the `up` that applied it: its first start is seen from the beginning. */
  readonly isNew: boolean;
  /** Whether the coordinator has been started again, and has not seen the workload since. */
  readonly resumed: boolean;
  readonly nextAct: number;
}

/** The services, by name. */
export type Records = ReadonlyMap<string, ServiceRecord>;

/**
 * A service that has just been applied.
 * @param isNew whether its workload was created for it
 * @param restartFor the services because of which its workload, which was there before, is to be restarted
 * @param waitsForNeeds whether it is started here, when what it needs is ready, and not by who created it
 */
export function newRecord(
  desired: DesiredService,
  generation: number,
  against: ServiceRecord["against"],
  nowMs: number,
  {
    isNew = true,
    restartFor = [],
    waitsForNeeds = false,
  }: {
    readonly isNew?: boolean;
    readonly restartFor?: readonly string[];
    readonly waitsForNeeds?: boolean | undefined;
  } = {},
): ServiceRecord {
  const wanted = restartFor.length > 0 ? restartFor : undefined;
  return {
    desired,
    state: wanted
      ? { ...toBeRestarted(wanted), sinceMs: nowMs }
      : {
          name: "pending",
          waitsFor: waitsForNeeds ? "needs" : "creator",
          cause: { kind: "deployment", text: isNew ? "not started yet" : "to be proven again" },
          sinceMs: nowMs,
        },
    generation,
    by: "deployment",
    startedMs: undefined,
    ended: false,
    seen: "unseen",
    look: 0,
    probes: newProbes(desired),
    slowness: {},
    against,
    verified: undefined,
    deadlineMs: undefined,
    restarts: 0,
    restartsMs: [],
    wanted,
    act: undefined,
    down: undefined,
    excused: false,
    suspectedMs: undefined,
    questionedMs: undefined,
    orderedMs: undefined,
    reported: false,
    isNew,
    resumed: false,
    nextAct: 1,
  };
}

/** An `up` wants a service to be restarted once these are ready. */
export function toBeRestarted(restartFor: readonly string[]) {
  const cause: StateCause = { kind: "deployment", text: `to be restarted after ${restartFor.join(", ")}` };
  return { name: "pending", waitsFor: "dependency", cause } as const;
}

/** A service as it comes back from the disk after the coordinator was started again. */
export function resumedRecord(record: ServiceRecord): ServiceRecord {
  return {
    ...record,
    seen: "unseen",
    look: 0,
    resumed: true,
    // Nobody has looked meanwhile whether its probes went on passing.
    probes: record.probes.map((probe) => ({ ...probe, passesSinceMs: undefined })),
    down: undefined,
    excused: false,
    suspectedMs: undefined,
    questionedMs: undefined,
  };
}

/** Whether its workload runs: as it was last seen, and before that, after a start of the coordinator, as it was known to. */
export function isRunning({ seen, startedMs, ended }: ServiceRecord): boolean {
  if (seen === "unseen") return startedMs !== undefined && !ended;
  return seen !== "gone" && seen.running;
}

/** The probes that the environment's level enables. */
export function enabledProbes({ readiness: { probes, level } }: DesiredService): Record<string, Probe> {
  return Object.fromEntries(Object.entries(probes).filter(([, probe]) => isEnabled(level, probe)));
}

export function newProbes(desired: DesiredService): readonly ProbeRecord[] {
  return Object.entries(enabledProbes(desired)).map(([name, { kind }]) => newProbeRecord(name, kind));
}

/** Whether the readiness that the last `up` asked for has been reached: from then on the service is supervised. */
export function isVerified({ verified, desired }: ServiceRecord): boolean {
  return (
    verified !== undefined &&
    verified.verification >= desired.verification &&
    verified.specHash === desired.specHash
  );
}

/**
 * Whether what an `up` wants of a job is there, however the runs come out that its schedule, or somebody by hand, has begun since:
 * they impair nobody who needs it, and no gate waits for them.
 */
export function stands(record: ServiceRecord): boolean {
  const { desired, run } = record;
  const besides = run?.for === "schedule" || run?.for === "operator" || !runsAtUp(desired);
  return desired.readiness.job && besides && isVerified(record);
}

/** What a gate waits for. */
export interface Wanted {
  readonly generation: string;
  readonly verification: number;
  readonly specHash: string;
}

/** Whether a service is ready as a gate wants it. */
export function isReadyAs(record: ServiceRecord, wanted: Wanted): boolean {
  const isThere = record.state.name === "ready" || stands(record);
  return isThere && record.wanted === undefined && isApplied(record, wanted) && isVerified(record);
}

/** Whether what a gate waits for is what was last applied. */
export function isApplied({ desired }: ServiceRecord, wanted: Wanted): boolean {
  return (
    desired.generation === wanted.generation &&
    desired.specHash === wanted.specHash &&
    desired.verification >= wanted.verification
  );
}

/** How a service's probes are to be run now. Another key begins again. */
export type Probing =
  { readonly mode: "off" } | { readonly mode: "starting" | "monitoring"; readonly key: string };

export function probingOf({ state, generation, desired, seen, act, probes }: ServiceRecord): Probing {
  const { job } = desired.readiness;
  const runs = typeof seen === "object" && (seen.running || job);
  if (!runs || act !== undefined) return { mode: "off" };
  const key = `${desired.specHash} ${generation} ${desired.verification}`;
  switch (state.name) {
    case "starting":
      // A verification within one run begins again, too.
      return { mode: "starting", key: `${key} ${state.sinceMs}` };
    case "ready":
    case "degraded":
    case "givenUp":
    case "failed":
      return job || probes.length === 0 ? { mode: "off" } : { mode: "monitoring", key };
    case "pending":
    case "restarting":
    case "stopped":
      return { mode: "off" };
  }
}

/** How long the services that one needs may take to show that they work. After it the failure of its probes is its own. */
const suspectedForMs = 30_000;

/** When the passing of time alone changes something; Infinity for never. */
export function wakeAtMs({ state, act, desired, suspectedMs, resumed }: ServiceRecord): number {
  if (resumed) return Infinity;
  const actMs = act?.deadlineMs ?? Infinity;
  if (state.name === "starting") return Math.min(actMs, state.deadlineMs);
  if (state.name === "restarting" && act === undefined) return state.dueMs;
  if (state.name === "pending" && state.waitsFor === "creator")
    return state.sinceMs + durationMs(desired.readiness.budget);
  if (suspectedMs !== undefined) return Math.min(actMs, suspectedMs + suspectedForMs);
  return actMs;
}
