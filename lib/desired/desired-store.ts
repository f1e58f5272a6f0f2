import type { Held } from "../model/control-answers.ts";

/** The secrets of a service, by name. "sealed": it has some, which are missing until an `up` gives them again. */
export type KeptSecrets = Readonly<Record<string, string>> | "sealed";

/** A service as it was kept. */
export interface KeptService {
  readonly service: string;
  /** What was kept of it, as JSON has it: a member that was undefined is absent. */
  readonly record: unknown;
  readonly secrets: KeptSecrets;
}

/** The telemetry as it was kept. */
export interface KeptTelemetry {
  readonly telemetry: unknown;
  readonly secrets: KeptSecrets;
}

/** Small facts of the coordinator. Times are milliseconds since the epoch. */
export interface Facts {
  /** Its heartbeat. The disk is waited for only where something else waits with it: after a power cut it may be an older one. */
  readonly lastAliveMs: number;
  /** When it was last ordered to stop the stack; absent once that is taken back. */
  readonly shutdownAtMs: number;
  /** Until when the stack is left alone, and why; absent while it is not. */
  readonly hold: Held;
  /** The telemetry that an `up` has applied, and its secrets, sealed, in base64; absent secrets: it has none. */
  readonly telemetry: { readonly telemetry: unknown; readonly secrets?: string };
}

/**
 * What the coordinator must not forget: what an `up` has applied of each service, and what it is about to do. No function
 * throws because of the disk. What cannot be written now is tried again with everything that is written later, and
 * `problems` says so; until then, and where there is no database, it is in memory.
 */
export interface DesiredStore {
  /** Every service that is kept. After a start, what the coordinator before has kept. */
  load(): readonly KeptService[];
  /**
   * Keeps a service, in place of what was kept of it. When it returns, it is on the disk, where neither a kill nor a power cut
   * takes it away: an intent is kept before it is acted on. Writes nothing when nothing has changed.
   * @param record any JSON, without a secret in it
   * @param secrets "sealed": what was kept of them stays as it is
   * @param waits whether the disk is waited for. Where it is not, a kill takes nothing away, and a power cut nothing that was
   * kept before the last heartbeat
   */
  keep(service: string, record: unknown, secrets: KeptSecrets, waits?: boolean): void;
  /** Forgets a service and its secrets. */
  forget(service: string): void;
  fact<N extends keyof Facts>(name: N): Facts[N] | undefined;
  /** Keeps a fact, on the disk when it returns but for `lastAliveMs`. Undefined takes it away. */
  setFact<N extends keyof Facts>(name: N, value: Facts[N] | undefined): void;
  /** The telemetry that was kept; undefined where an `up` has applied none. */
  telemetry(): KeptTelemetry | undefined;
  /** Keeps the telemetry, as {@link keep} does a service. */
  keepTelemetry(telemetry: unknown, secrets: Readonly<Record<string, string>>): void;
  /** What is wrong now, and what to do about it: a sentence for each problem. */
  problems(): readonly string[];
}
