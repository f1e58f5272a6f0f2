import type { Clock } from "../../core/clock.ts";
import type { Recorder, StartedFrom } from "../../history/recorder.ts";
import type { RecordedExit, StartRecord } from "../../model/history.ts";
import { headline } from "../../readiness/gate-text.ts";
import { serviceFailure } from "../../readiness/service-failure.ts";
import { exitOf } from "../../readiness/service-container.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import { factsOf } from "../supervisor/describe-failure.ts";
import { statusOf } from "../supervisor/status-of.ts";

/** What starts are recorded with. */
export interface RecorderDependencies {
  readonly recorder: Recorder;
  /** What a service's container was made from, and what was expected of it. Never rejects. */
  readonly startedFrom: (record: ServiceRecord) => Promise<StartedFrom>;
  /** When the coordinator's process began: of what is not new, it has not seen the starts before that. */
  readonly watchingSinceMs: number;
  readonly clock: Clock;
}

/** Keeps each verification of each service in the history, as it goes. */
export interface StartRecorder {
  /** To be called with each change of a service. */
  note(before: ServiceRecord | undefined, after: ServiceRecord): void;
  /** No more will be seen of a service: what is under way is broken off. */
  end(service: string): void;
}

/** A container that was probed for the first time this much after its start may have been ready long before. */
const promptMs = 10_000;

/** One start, while it is being recorded. */
interface Start {
  readonly specHash: string;
  readonly keep: (record: StartRecord) => void;
  readonly exits: RecordedExit[];
  record: StartRecord;
  written: boolean;
}

function isUnderWay({ state }: ServiceRecord): boolean {
  return state.name === "pending" || state.name === "starting" || state.name === "restarting";
}

export function startRecorder({
  recorder,
  startedFrom,
  watchingSinceMs,
  clock,
}: RecorderDependencies): StartRecorder {
  const starts = new Map<string, Start>();
  /** Of each service the run of its container for which there has been a verdict. */
  const judged = new Map<string, string>();

  function begin(record: ServiceRecord): Start {
    const own = { beganMs: clock.now(), outcome: "under-way", status: statusOf(record) } as const;
    const start: Start = {
      specHash: record.desired.specHash,
      keep: recorder.start(),
      exits: [],
      record: { ...own, fromStart: false, exits: [], failure: undefined },
      written: false,
    };
    starts.set(record.desired.service, start);
    // While the container is there: of one that is gone the engine tells nothing.
    void startedFrom(record);
    return start;
  }

  function keep(start: Start, patch: Partial<StartRecord>): void {
    start.record = { ...start.record, ...patch, exits: [...start.exits] };
    start.written = true;
    start.keep(start.record);
  }

  /** Whether the time to this verdict says how long the service takes to start. */
  function isFromStart(start: Start, { desired, startedMs, isNew, state }: ServiceRecord): boolean {
    if (startedMs === undefined) return false;
    const run = `${desired.workload} ${startedMs}`;
    const first = judged.get(desired.service) !== run;
    judged.set(desired.service, run);
    const prompt = start.record.beganMs - startedMs <= promptMs;
    const again = state.name === "ready" && state.countedFromMs > startedMs;
    return first && prompt && (isNew || startedMs >= watchingSinceMs) && !again;
  }

  function end(service: string): void {
    const start = starts.get(service);
    if (start?.written && start.record.outcome === "under-way") keep(start, { outcome: "broken-off" });
    starts.delete(service);
  }

  /** A state has been come to: writes what it adds to the record. */
  function enter(start: Start, record: ServiceRecord): void {
    const { state, desired } = record;
    const status = statusOf(record);
    switch (state.name) {
      case "pending":
      case "degraded":
        return;
      case "starting":
        return start.written ? undefined : keep(start, { status });
      case "restarting":
        if (state.exit) start.exits.push({ atMs: clock.now(), ...state.exit });
        return keep(start, { status });
      case "ready":
        void startedFrom(record).then((from) =>
          recorder.good(desired.service, { ...from, readyMs: state.readyMs }),
        );
        return keep(start, { status, outcome: "ready", fromStart: isFromStart(start, record) });
      case "failed":
      case "givenUp": {
        const facts = factsOf(record, clock.now());
        if (facts.exit) start.exits.push({ atMs: clock.now(), ...facts.exit });
        const evidence = { logs: [], lastGood: undefined, stack: undefined, keptPasswords: [] };
        const failure = serviceFailure(status, desired.readiness, facts, evidence);
        const { reason, usedMs } = facts;
        return keep(start, {
          ...{ status, outcome: "failed", fromStart: isFromStart(start, record) },
          failure: { reason, usedMs, headline: headline(failure) },
        });
      }
      case "stopped": {
        const { seen } = record;
        if (typeof seen === "object" && !seen.running)
          start.exits.push({ atMs: clock.now(), ...exitOf(seen) });
        // What is known of its start stays: only its state is another.
        return keep(start, { status: { ...start.record.status, state: "stopped" } });
      }
    }
  }

  /** A state after the verdict: the end of a run that was ready belongs to its record, what follows to the next. */
  function enterAfterwards(start: Start | undefined, record: ServiceRecord): void {
    switch (record.state.name) {
      case "restarting":
        if (start && record.state.exit) {
          start.exits.push({ atMs: clock.now(), ...record.state.exit });
          keep(start, {});
        }
        begin(record);
        return;
      case "pending":
      case "starting":
        return enter(begin(record), record);
      case "stopped":
        return start && enter(start, record);
      // What it does once it has been judged says nothing of its start.
      case "ready":
      case "degraded":
      case "failed":
      case "givenUp":
        return;
    }
  }

  /** The engine may call a container healthy, or unhealthy, after the service was ready. What comes after its first pass is no part of the start. */
  function noteHealth(start: Start, before: ServiceRecord, after: ServiceRecord): void {
    const { status: recorded } = start.record;
    if (after.state.name !== "ready" || recorded.healthyMs !== undefined || before.seen === after.seen)
      return;
    const { healthyMs, health } = statusOf(after);
    if (healthyMs !== undefined || health !== recorded.health)
      keep(start, { status: { ...recorded, healthyMs, health } });
  }

  return {
    note: (before, after) => {
      const { service, workload, specHash } = after.desired;
      const known = starts.get(service);
      const isSame = before?.state === after.state;
      // An earlier process has recorded it, up to here.
      if (known === undefined && (after.resumed || before !== undefined)) {
        if (isSame) return;
        if (before !== undefined || !isUnderWay(after)) return enterAfterwards(undefined, after);
      }
      const another =
        known === undefined || before?.desired.workload !== workload || known.specHash !== specHash;
      if (another) end(service);
      const start = another ? begin(after) : known;
      if (isSame) return noteHealth(start, before, after);
      if (start.record.outcome === "under-way") enter(start, after);
      else enterAfterwards(start, after);
    },
    end,
  };
}
