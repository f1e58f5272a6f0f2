import { errorText } from "../../core/errors.ts";
import type { Deployment, GateRecord, StartRecord } from "../../model/history.ts";
import type { Probe } from "../../model/probe.ts";
import type { Incident, Transition } from "../../model/transition.ts";
import type { Log } from "../log.ts";

/** One attempt of a probe, as it came out. */
export interface ObservedAttempt {
  readonly service: string;
  readonly probe: string;
  readonly kind: Probe["kind"];
  readonly status: "passed" | "failed" | "unknown";
  readonly tookMs: number;
  readonly atMs: number;
  /** Whether the service was ready, or impaired, and not starting. */
  readonly monitored: boolean;
  /** Why it did not pass, without any secret. */
  readonly cause?: { readonly code: string; readonly text: string } | undefined;
}

export type { Deployment };

/**
 * What happens in a stack, as those who observe it get it: each thing once, in its order, and nothing besides. Instants are
 * milliseconds since the epoch. No method waits for anything.
 */
export interface Observer {
  transition?(transition: Transition): void;
  /** What is known of an incident now. It comes after the transition that has changed it. */
  incident?(incident: Incident): void;
  /** What is known of a start now; `id` tells one start from the other. */
  start?(id: number, record: StartRecord): void;
  /** The verdict of a gate, or of edges. */
  verdict?(record: GateRecord): void;
  /** Only of an `up` that has waited for a gate. */
  deployment?(deployment: Deployment): void;
  attempt?(attempt: ObservedAttempt): void;
  /** A service has left the declaration. */
  forgotten?(service: string): void;
  /** Ends it, and sends what waits, within a bound of its own. */
  close?(): void | Promise<void>;
}

/** All observers as one. */
export interface AllObservers extends Required<Observer> {
  /** Resolves when all have ended. Never rejects. */
  close(): Promise<void>;
}

/** All observers as one. One that throws harms neither the others nor what it observes. */
export function observers(
  all: readonly Observer[],
  { log, redact }: { readonly log: Log; readonly redact: (text: string) => string },
): AllObservers {
  const each = <K extends keyof Observer>(method: K, ...args: Parameters<Required<Observer>[K]>): void => {
    for (const observer of all)
      try {
        (observer[method] as ((...args: unknown[]) => void) | undefined)?.(...args);
      } catch (error) {
        log("observer-failed", { method, error: redact(errorText(error)) });
      }
  };
  return {
    transition: (transition) => each("transition", transition),
    incident: (incident) => each("incident", incident),
    start: (id, record) => each("start", id, record),
    verdict: (record) => each("verdict", record),
    deployment: (deployment) => each("deployment", deployment),
    attempt: (attempt) => each("attempt", attempt),
    forgotten: (service) => each("forgotten", service),
    close: async () => {
      const failed = (error: unknown) =>
        log("observer-failed", { method: "close", error: redact(errorText(error)) });
      await Promise.all(all.map(async (observer) => observer.close?.()).map((end) => end.catch(failed)));
    },
  };
}
