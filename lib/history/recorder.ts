import type { ReadinessSpec } from "../model/plan.ts";
import type { GateRecord, StartRecord } from "../model/history.ts";
import type { Incident, Transition } from "../model/transition.ts";
import type { Setup } from "./setup.ts";

/** What a service was started from. */
export interface StartedFrom {
  /** Undefined when the engine did not answer. */
  readonly setup: Setup | undefined;
  readonly spec: ReadinessSpec;
}

/** What a service was started from when it last became ready. */
export interface GoodStart extends StartedFrom {
  readonly readyMs: number;
}

/** Where the coordinator writes what happens. It never throws and never waits: a history that fails ends nothing. */
export interface Recorder {
  /**
   * Begins an entry: what is returned writes what is known of the start now, in place of what was known before.
   * Before its first call nothing is written.
   */
  start(): (record: StartRecord) => void;
  /** A service has become ready: what it was started from, in place of what was known of it before. */
  good(service: string, start: GoodStart): void;
  verdict(record: GateRecord): void;
  /** A change of a service's state. Its number is greater than every one before. */
  transition(transition: Transition): void;
  /** What is known of an incident now, in place of what was known before. */
  incident(incident: Incident): void;
  /** The highest numbers of transitions and incidents that an earlier coordinator has given: one goes on after them. 0: none. */
  readonly lastNumbers: { readonly transition: number; readonly incident: number };
  lastGood(service: string): GoodStart | undefined;
  /** What tells one value from another, and cannot be turned back into either. */
  fingerprint(value: string): string;
}

/** A recorder that keeps nothing. */
export const silentRecorder: Recorder = {
  start: () => () => undefined,
  good: () => undefined,
  verdict: () => undefined,
  transition: () => undefined,
  incident: () => undefined,
  lastNumbers: { transition: 0, incident: 0 },
  lastGood: () => undefined,
  fingerprint: () => "",
};
