import type { Clock, Random } from "../core/clock.ts";
import { durationMs } from "../core/duration.ts";
import type { LastGood, ServiceStory } from "../model/story.ts";
import type { KeptPassword } from "../model/kept-passwords.ts";
import { asksFor } from "../model/level.ts";
import type { Expectation } from "../model/plan.ts";
import type { Probe } from "../model/probe.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Changes } from "./changes.ts";
import { changes } from "./changes.ts";
import type { ProbeRecord } from "./probe-record.ts";
import { newRecord, probeStory, recordOutcome, settleCauses } from "./probe-record.ts";
import type { ProvingState } from "./proving-state.ts";
import { transition } from "./proving-state.ts";
import type { ServiceContainer } from "./service-container.ts";
import { doubtOf } from "./standing.ts";

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
  readonly registration: string;
  readonly expectation: Expectation;
  readonly container: ServiceContainer;
  /** One attempt of a probe, bounded by its timeout. Never rejects. */
  attempt(probe: Probe, signal: AbortSignal): Promise<Outcome>;
  /** What is different from the last start that became ready; undefined when none is known. Never rejects. */
  lastGood(): Promise<LastGood | undefined>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is known of a service's proving, kept while it goes on. It does nothing by itself. */
export interface ServiceProof {
  readonly subject: Subject;
  /** The probes that the environment's level asks for. */
  readonly asked: Readonly<Record<string, Probe>>;
  /** Anything at all has changed. */
  readonly changed: Changes;
  /** Something that may let probes pass that did not: the container's state, or another probe's first pass. */
  readonly news: Changes;
  state(): ProvingState;
  /** @throws Error when the transition is not legal. */
  enter(state: ProvingState): void;
  countRestart(): void;
  restarts(): number;
  records(): readonly ProbeRecord[];
  allPassing(): boolean;
  record(name: string, outcome: Outcome): { readonly passing: boolean };
  /** There is no use in waiting any more for what waiting will not heal: its gate cannot open. Holds for the proving under way. */
  giveUp(): void;
  /** Whether a cause that waiting will not heal ends the proving at once. */
  givesUp(): boolean;
  /** Whether a probe has met a cause that waiting will not heal. */
  isHopeless(): boolean;
  resetProbes(): void;
  /** Forgets what an earlier proving counted. */
  reset(): void;
  /** To be called when `container.latest()` has changed. */
  noticed(): void;
  story(): ServiceStory;
}

export function serviceProof(subject: Subject): ServiceProof {
  const { expectation, clock, container } = subject;
  const { level } = expectation;
  const asked = Object.fromEntries(
    Object.entries(expectation.probes).filter(([, probe]) => asksFor(level, probe)),
  );
  const changed = changes();
  const news = changes();
  let state: ProvingState = { state: "pending" };
  let restarts = 0;
  let givesUp = expectation.failFast;
  let records = newRecords();

  function newRecords(): Map<string, ProbeRecord> {
    return new Map(Object.entries(asked).map(([name, { kind }]) => [name, newRecord(name, kind)]));
  }

  const proof: ServiceProof = {
    subject,
    asked,
    changed,
    news,
    state: () => state,
    enter: (next) => {
      state = transition(state, next);
      if (state.state === "ready" || state.state === "failed") givesUp = expectation.failFast;
      changed.notify();
    },
    countRestart: () => void restarts++,
    restarts: () => restarts,
    records: () => [...records.values()],
    allPassing: () => [...records.values()].every(({ passing }) => passing),
    record: (name, outcome) => {
      const before = records.get(name);
      if (before === undefined) throw new Error(`${subject.service} has no probe ${name}`);
      const after = recordOutcome(before, outcome, expectation, clock.now());
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
        doubtOf(subject.service, state, container.latest(), expectation.job) !== undefined;
      if (ended) state = transition(state, { state: "stopped" });
      changed.notify();
      news.notify();
    },
    story: () => {
      const seen = container.latest();
      const run = typeof seen === "object" ? seen : undefined;
      return {
        service: subject.service,
        phase: subject.phase,
        container: run?.name ?? subject.containerId,
        registration: subject.registration,
        state: state.state,
        level,
        budgetMs: durationMs(expectation.budget),
        restarts,
        createdMs: run?.createdMs ?? 0,
        startedMs: run?.startedMs,
        healthyMs: run?.healthyMs,
        hasHealthcheck: run?.health !== undefined,
        health: run?.health,
        readyMs: state.state === "ready" ? state.readyMs : undefined,
        readyAfterMs: state.state === "ready" ? state.readyMs - state.countedFromMs : undefined,
        provenAgain: state.state === "ready" && state.countedFromMs > state.startedMs,
        probes: [...records.values()].map(probeStory),
      };
    },
  };
  return proof;
}
