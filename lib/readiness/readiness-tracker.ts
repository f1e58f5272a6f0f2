import type { Clock, Random } from "../core/clock.ts";
import { durationMs } from "../core/duration.ts";
import type { LastGood, ServiceStatus } from "../model/status.ts";
import type { KeptPassword } from "../model/kept-passwords.ts";
import { isEnabled } from "../model/level.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { Probe } from "../model/probe.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Changes } from "./changes.ts";
import { changes } from "./changes.ts";
import type { ProbeRecord } from "./probe-record.ts";
import { newRecord, probeStatus, recordOutcome, settleCauses } from "./probe-record.ts";
import type { ReadinessState } from "./readiness-state.ts";
import { transition } from "./readiness-state.ts";
import type { ServiceContainer } from "./service-container.ts";
import { staleReasonOf } from "./stale-reason.ts";

/** A service to be proven, and the means. */
export interface Subject {
  readonly service: string;
  readonly phase: string;
  /** The stack's name; undefined where it is not known. */
  readonly stack: string | undefined;
  /** The passwords that the service keeps in its volumes. */
  readonly keptPasswords: readonly KeptPassword[];
  /** The container's id. */
  readonly containerId: string;
  readonly specHash: string;
  readonly spec: ReadinessSpec;
  readonly container: ServiceContainer;
  /** One attempt of a probe, bounded by its timeout. Never rejects. */
  attempt(probe: Probe, signal: AbortSignal): Promise<Outcome>;
  /** What is different from the last start that became ready; undefined when none is known. Never rejects. */
  lastGood(): Promise<LastGood | undefined>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is known of a service's verification, kept while it goes on. It does nothing by itself. */
export interface ReadinessTracker {
  readonly subject: Subject;
  /** The probes that the environment's level enables. */
  readonly enabledProbes: Readonly<Record<string, Probe>>;
  /** Anything at all has changed. */
  readonly changed: Changes;
  /** Something that may let probes pass that did not: the container's state, or another probe's first pass. */
  readonly news: Changes;
  state(): ReadinessState;
  /** @throws Error when the transition is not legal. */
  enter(state: ReadinessState): void;
  countRestart(): void;
  restarts(): number;
  records(): readonly ProbeRecord[];
  allPassing(): boolean;
  record(name: string, outcome: Outcome): { readonly passing: boolean };
  /** There is no use in waiting any more for what waiting will not heal: its gate cannot open. Holds for the current verification. */
  giveUp(): void;
  /** Whether a cause that waiting will not heal ends the verification at once. */
  givesUp(): boolean;
  /** Whether a probe has met a cause that waiting will not heal. */
  isHopeless(): boolean;
  resetProbes(): void;
  /** Forgets what an earlier verification counted. */
  reset(): void;
  /** To be called when `container.latest()` has changed. */
  noticed(): void;
  status(): ServiceStatus;
}

export function readinessTracker(subject: Subject): ReadinessTracker {
  const { spec, clock, container } = subject;
  const { level } = spec;
  const enabledProbes = Object.fromEntries(
    Object.entries(spec.probes).filter(([, probe]) => isEnabled(level, probe)),
  );
  const changed = changes();
  const news = changes();
  let state: ReadinessState = { state: "pending" };
  let restarts = 0;
  let givesUp = spec.failFast;
  let records = newRecords();

  function newRecords(): Map<string, ProbeRecord> {
    return new Map(Object.entries(enabledProbes).map(([name, { kind }]) => [name, newRecord(name, kind)]));
  }

  const tracker: ReadinessTracker = {
    subject,
    enabledProbes,
    changed,
    news,
    state: () => state,
    enter: (next) => {
      state = transition(state, next);
      if (state.state === "ready" || state.state === "failed") givesUp = spec.failFast;
      changed.notify();
    },
    countRestart: () => void restarts++,
    restarts: () => restarts,
    records: () => [...records.values()],
    allPassing: () => [...records.values()].every(({ passing }) => passing),
    record: (name, outcome) => {
      const before = records.get(name);
      if (before === undefined) throw new Error(`${subject.service} has no probe ${name}`);
      const after = recordOutcome(before, outcome, spec, clock.now());
      records.set(name, after);
      records = new Map(settleCauses([...records.values()]).map((settled) => [settled.name, settled]));
      changed.notify();
      // A service that answers one probe for the first time will often answer the others too: they need not wait.
      if (before.firstPassMs === undefined && after.firstPassMs !== undefined) news.notify();
      return { passing: after.passing };
    },
    giveUp: () => {
      if (givesUp) return;
      givesUp = true;
      changed.notify();
    },
    givesUp: () => givesUp,
    isHopeless: () =>
      [...records.values()].some(({ passing, lastCause }) => !passing && lastCause?.permanent === true),
    resetProbes: () => {
      records = newRecords();
    },
    reset: () => {
      restarts = 0;
      records = newRecords();
    },
    noticed: () => {
      const ended =
        state.state === "ready" &&
        staleReasonOf(subject.service, state, container.latest(), spec.job) !== undefined;
      if (ended) state = transition(state, { state: "stopped" });
      changed.notify();
      news.notify();
    },
    status: () => {
      const seen = container.latest();
      const run = typeof seen === "object" ? seen : undefined;
      return {
        service: subject.service,
        phase: subject.phase,
        container: run?.name ?? subject.containerId,
        specHash: subject.specHash,
        state: state.state,
        level,
        budgetMs: durationMs(spec.budget),
        restarts,
        createdMs: run?.createdMs ?? 0,
        startedMs: run?.startedMs,
        healthyMs: run?.healthyMs,
        hasHealthcheck: run?.health !== undefined,
        health: run?.health,
        readyMs: state.state === "ready" ? state.readyMs : undefined,
        readyAfterMs: state.state === "ready" ? state.readyMs - state.countedFromMs : undefined,
        provenAgain: state.state === "ready" && state.countedFromMs > state.startedMs,
        probes: [...records.values()].map(probeStatus),
      };
    },
  };
  return tracker;
}
