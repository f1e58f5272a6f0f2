import type { ContainerRun } from "../readiness/service-container.ts";

/** One thing that happened to a workload, as the platform tells it. */
export interface PlatformEvent {
  readonly workload: string;
  /**
   * - `changed`: something is different, whatever it is: who cares looks
   * - `ordered`: somebody has stopped, killed or removed it through the platform's own interface. What is ordered through this
   *   Platform is no more than a change
   * - `created`, `removed`: there is another workload, or one less
   */
  readonly kind: "changed" | "ordered" | "created" | "removed";
  /** What the workload is labelled with. */
  readonly labels: Readonly<Record<string, string>>;
  /** When, by the platform's clock, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** A workload as a list shows it: enough to see whether to look closer. */
export interface ListedWorkload {
  readonly workload: string;
  readonly name: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Another text whenever there may be more to see than before: it runs, has ended, runs again, is paused, is healthy. */
  readonly version: string;
}

/** What is known of a workload. Times are milliseconds since the epoch by the platform's clock. */
export interface WorkloadRun extends ContainerRun {
  /** When its last run ended. */
  readonly finishedMs: number | undefined;
  /** Whether it runs, and is kept from doing anything. */
  readonly paused: boolean;
  /** What the platform's own health check has written last. */
  readonly healthOutput: string;
}

/** What a look shows: "gone" where there is no such workload. */
export type Seen = WorkloadRun | "gone";

/**
 * What runs the workloads of services: a container engine today. A workload is named by an id that its platform gave it. It may
 * be started again without our doing, so its runs are told apart by the instant of their start.
 *
 * Every call ends at the latest when its signal aborts, and throws PhasegateError: PHASEGATE_ENGINE_UNREACHABLE when the platform
 * does not answer, or has not by then, PHASEGATE_ENGINE_REFUSED when it answers that it will not.
 */
export interface Platform {
  /** What is known of a workload now. */
  observe(workload: string, signal: AbortSignal): Promise<Seen>;
  /** The stack's workloads, running or not. */
  list(signal: AbortSignal): Promise<readonly ListedWorkload[]>;
  /** Starts a workload that does not run; does nothing for one that does. */
  start(workload: string, signal: AbortSignal): Promise<void>;
  /**
   * SIGTERM, `graceMs`, SIGKILL, then start. Does nothing but start where it does not run, and nothing at all where the run
   * that began at `from` is not the current one any more: the same order given twice restarts once.
   */
  restart(
    workload: string,
    order: { readonly graceMs: number; readonly from: number | undefined },
    signal: AbortSignal,
  ): Promise<void>;
  /** SIGTERM, `graceMs`, SIGKILL; does nothing for a workload that does not run. */
  stop(workload: string, order: { readonly graceMs: number }, signal: AbortSignal): Promise<void>;
  /** The last lines that a workload has written, oldest first. */
  logs(workload: string, tail: number, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * What happens to the stack's workloads, from `sinceMs` on where given, as far back as the platform remembers. Ends, or throws,
   * when the platform goes away; ends when the signal aborts. `onOpen` is called once nothing can happen any more that is not told of:
   * what is observed after it is so until an event comes.
   */
  events(sinceMs: number | undefined, signal: AbortSignal, onOpen?: () => void): AsyncIterable<PlatformEvent>;
  /** What has happened to them since an instant, up to now, oldest first, as far back as the platform remembers. */
  past(sinceMs: number, signal: AbortSignal): Promise<readonly PlatformEvent[]>;
}
