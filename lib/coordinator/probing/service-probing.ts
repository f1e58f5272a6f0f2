import type { Clock, Random } from "../../core/clock.ts";
import { durationMs } from "../../core/duration.ts";
import type { Backoff } from "../../core/backoff.ts";
import type { Probe } from "../../model/probe.ts";
import type { Outcome } from "../../probe/outcome.ts";
import { changes } from "../../readiness/changes.ts";
import type { ReadinessWindow } from "../../readiness/start-pace.ts";
import { connectEveryMs, longestWaitMs } from "../../readiness/start-pace.ts";
import { workProbe } from "../../readiness/probe-worker.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";
import type { Probing } from "../../supervision/service-record.ts";
import { enabledProbes } from "../../supervision/service-record.ts";
import { monitorProbe } from "./monitor-probe.ts";
import type { WaitingProbes } from "./waiting-probes.ts";

/** Runs the probes of one service, as its record wants it. */
export interface ServiceProbing {
  /** Probes as is wanted from now on. Attempts that are under way for another key are aborted. */
  set(probing: Probing, desired: DesiredService): void;
  /** Probes that do not pass are tried now. */
  tryNow(): void;
  /** Every probe is tried now, also those that pass. */
  askAll(): void;
  close(): void;
}

/** Waits until something listens, by looking so often, and until the signal aborts. Never rejects. */
export type UntilListening = (everyMs: () => number, signal: AbortSignal) => Promise<void>;

export interface ProbingDependencies {
  /** One attempt. Never rejects. */
  attempt(probe: Probe, signal: AbortSignal): Promise<Outcome>;
  /** Takes an outcome, and says what is known of the probe then. */
  report(
    key: string,
    probe: string,
    outcome: Outcome,
    beganMs: number,
  ): {
    readonly passing: boolean;
    readonly undecided: boolean;
    /** Until when it is tried as often as one that does not pass, though it passes. */
    readonly oftenUntilMs: number | undefined;
  };
  /** When the current run of the service has begun. */
  startedMs(): number | undefined;
  /** When it is likely to be ready, from its run's beginning on. */
  likely(): ReadinessWindow | undefined;
  /** What waits until something listens where a probe asks; undefined where that cannot be found out. */
  listening(probe: Probe): UntilListening | undefined;
  /** The probes that wait, of this service and all others. */
  readonly waiting: WaitingProbes;
  readonly clock: Clock;
  readonly random: Random;
}

export function serviceProbing(dependencies: ProbingDependencies): ServiceProbing {
  const { attempt, report, waiting, clock, random } = dependencies;
  let key = "";
  let intervalMs = 0;
  let stop = new AbortController();
  let news = changes();
  let all = changes();

  const begin = (probing: Exclude<Probing, { mode: "off" }>, desired: DesiredService) => {
    const { signal } = stop;
    const longestWait = paceOf(desired);
    for (const [name, probe] of Object.entries(enabledProbes(desired))) {
      let beganMs = 0;
      const work = {
        attempt: (within: AbortSignal) => {
          beganMs = clock.now();
          return attempt(probe, within);
        },
        report: (outcome: Outcome) => report(probing.key, name, outcome, beganMs),
        ...{ clock, random },
      };
      if (probing.mode === "starting") {
        const enters = waiting.enter();
        const outcome = (one: Outcome) => {
          const said = work.report(one);
          enters(said.passing);
          return said;
        };
        signal.addEventListener("abort", () => enters(true), { once: true });
        const pace = { cadence: cadenceOf(desired), longestWaitMs: longestWait, until: untilOf(probe) };
        void workProbe({ ...work, ...pace, report: outcome, news, askNow: all }, signal);
      } else void monitorProbe({ ...work, intervalMs: () => intervalMs, askNow: all, news }, signal);
    }
  };

  /** Where nothing listens, no attempt passes: whether something does is found out sooner. */
  const untilOf = (probe: Probe) => {
    const beganMs = clock.now();
    let hasListened = false;
    const everyMs = () => connectEveryMs(clock.now() - beganMs, waiting.count());
    return (outcome: Outcome) => {
      const refused = outcome.status === "failed" && outcome.cause.code === "refused";
      // What listened and refuses all the same has several addresses, say: then time alone decides.
      const listens = refused && !hasListened ? dependencies.listening(probe) : undefined;
      return (
        listens &&
        (async (signal: AbortSignal) => {
          await listens(everyMs, signal);
          if (!signal.aborted) hasListened = true;
        })
      );
    };
  };

  /** The longest waits of a start that begins now. */
  const paceOf = (desired: DesiredService) => {
    const { initialMs } = cadenceOf(desired);
    const steadyMs = durationMs(desired.readiness.cadence.steady ?? "0s");
    const beganMs = clock.now();
    let window: ReadinessWindow | undefined;
    let isAsked = false;
    return (tookMs: number): number => {
      const probedForMs = clock.now() - beganMs;
      // Most are ready before earlier starts matter.
      if (steadyMs > 0 && probedForMs >= steadyMs && !isAsked) {
        isAsked = true;
        window = dependencies.likely();
      }
      const startedMs = dependencies.startedMs();
      const ranForMs = startedMs === undefined ? undefined : clock.now() - startedMs;
      return longestWaitMs({
        ...{ initialMs, steadyMs, probedForMs, ranForMs, window, tookMs },
        waiting: waiting.count(),
      });
    };
  };

  return {
    set: (probing, desired) => {
      const wanted = probing.mode === "off" ? "" : `${probing.mode} ${probing.key}`;
      const before = intervalMs;
      intervalMs = durationMs(desired.supervision.interval);
      if (wanted === key) {
        // Whoever waits has begun to wait for the old one.
        if (before !== intervalMs) for (const changed of [all, news]) changed.notify();
        return;
      }
      key = wanted;
      stop.abort();
      stop = new AbortController();
      news = changes();
      all = changes();
      if (probing.mode !== "off") begin(probing, desired);
    },
    tryNow: () => news.notify(),
    askAll: () => all.notify(),
    close: () => stop.abort(),
  };
}

function cadenceOf({ readiness }: DesiredService): Backoff {
  const { initial, max, multiplier, jitter } = readiness.cadence;
  return { initialMs: durationMs(initial), maxMs: durationMs(max), multiplier, jitter };
}
