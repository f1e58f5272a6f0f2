import type { Recorder, StartedFrom } from "../history/recorder.ts";
import type { ServiceStatus } from "../model/status.ts";
import type { RecordedExit, StartRecord } from "../model/history.ts";
import { headline } from "../readiness/gate-text.ts";
import type { ReadinessState } from "../readiness/readiness-state.ts";
import { exitOf } from "../readiness/service-container.ts";
import type { ReadinessTracker } from "../readiness/readiness-tracker.ts";

/** Keeps each verification of one service in the history, as it goes. */
export interface StartRecording {
  /** To be called whenever the service has changed. */
  look(): void;
  /** No more will be seen of it: what is under way is broken off. */
  end(): void;
}

export interface RecordingDependencies {
  readonly recorder: Recorder;
  readonly startedFrom: () => Promise<StartedFrom>;
  /** Whether the container is new according to its creator: it may be an instant older than the coordinator. */
  readonly isNew: boolean;
  /** When the coordinator's process began: of what is not new, it has not seen the starts before that. */
  readonly watchingSinceMs: number;
  /** Of each service the run of its container for which there has been a verdict. Added to here. */
  readonly judged: Map<string, string>;
}

/** A container that was probed for the first time this much after its start may have been ready long before. */
const promptMs = 10_000;

/** One start, while it is being recorded. */
interface Start {
  readonly keep: (record: StartRecord) => void;
  readonly exits: RecordedExit[];
  record: StartRecord;
  written: boolean;
}

export function startRecording(
  tracker: ReadinessTracker,
  { recorder, startedFrom, isNew, watchingSinceMs, judged }: RecordingDependencies,
): StartRecording {
  const { service, containerId, container, clock } = tracker.subject;
  let start = newStart();
  let seen: ReadinessState | undefined;
  // While the container is there: of one that is gone the engine knows nothing.
  void startedFrom();

  function newStart(): Start {
    const record = { beganMs: clock.now(), outcome: "under-way", status: tracker.status() } as const;
    return {
      keep: recorder.start(),
      exits: [],
      record: { ...record, fromStart: false, exits: [], failure: undefined },
      written: false,
    };
  }

  function keep(patch: Partial<StartRecord>): void {
    start.record = { ...start.record, ...patch, exits: [...start.exits] };
    start.written = true;
    start.keep(start.record);
  }

  /** Whether the time to this verdict says how long the service takes to start. */
  function isFromStart({ startedMs, provenAgain }: ServiceStatus): boolean {
    if (startedMs === undefined) return false;
    const run = `${containerId} ${startedMs}`;
    const first = judged.get(service) !== run;
    judged.set(service, run);
    const prompt = start.record.beganMs - startedMs <= promptMs;
    return first && prompt && (isNew || startedMs >= watchingSinceMs) && !provenAgain;
  }

  function keepGood(readyMs: number): void {
    void startedFrom().then((from) => recorder.good(service, { ...from, readyMs }));
  }

  /** A state has been come to: writes what it adds to the record. */
  function enter(state: ReadinessState): void {
    const status = tracker.status();
    switch (state.state) {
      case "pending":
        return;
      case "starting":
        if (!start.written) keep({ status });
        return;
      case "restarting":
        start.exits.push({ atMs: clock.now(), ...state.exit });
        return keep({ status });
      case "ready":
        keepGood(state.readyMs);
        return keep({ status, outcome: "ready", fromStart: isFromStart(status) });
      case "failed": {
        const { reason, usedMs, exit } = state.failure;
        if (exit) start.exits.push({ atMs: state.atMs, ...exit });
        const failure = { reason, usedMs, headline: headline(state.failure) };
        return keep({ status, outcome: "failed", fromStart: isFromStart(status), failure });
      }
      case "stopped": {
        const run = container.latest();
        // A job that ended well long ago, and is started again or removed now, does not end now.
        if (typeof run === "object" && !run.running) start.exits.push({ atMs: clock.now(), ...exitOf(run) });
        // What is known of its start stays: only its state is another.
        return keep({ status: { ...start.record.status, state: "stopped" } });
      }
    }
  }

  return {
    look: () => {
      const state = tracker.state();
      if (state !== seen) {
        seen = state;
        const begun = ["pending", "starting", "restarting"].includes(state.state);
        if (begun && start.record.outcome !== "under-way") start = newStart();
        return enter(state);
      }
      // The engine may call a container healthy, or unhealthy, after the service was ready. What comes after its first pass is no part of the start.
      const { status: recorded } = start.record;
      if (state.state !== "ready" || recorded.healthyMs !== undefined) return;
      const { healthyMs, health } = tracker.status();
      if (healthyMs !== undefined || health !== recorded.health)
        keep({ status: { ...recorded, healthyMs, health } });
    },
    end: () => {
      if (start.written && start.record.outcome === "under-way") keep({ outcome: "broken-off" });
    },
  };
}
