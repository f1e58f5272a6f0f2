import type { Clock, Random } from "../../core/clock.ts";
import { durationMs } from "../../core/duration.ts";
import type { Backoff } from "../../core/backoff.ts";
import type { Probe } from "../../model/probe.ts";
import type { Outcome } from "../../probe/outcome.ts";
import { changes } from "../../readiness/changes.ts";
import { workProbe } from "../../readiness/probe-worker.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";
import type { Probing } from "../../supervision/service-record.ts";
import { enabledProbes } from "../../supervision/service-record.ts";
import { monitorProbe } from "./monitor-probe.ts";

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
  readonly clock: Clock;
  readonly random: Random;
}

export function serviceProbing(dependencies: ProbingDependencies): ServiceProbing {
  const { attempt, report, clock, random } = dependencies;
  let key = "";
  let intervalMs = 0;
  let stop = new AbortController();
  let news = changes();
  let all = changes();

  const begin = (probing: Exclude<Probing, { mode: "off" }>, desired: DesiredService) => {
    const { signal } = stop;
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
      if (probing.mode === "starting")
        void workProbe({ ...work, cadence: cadenceOf(desired), news, askNow: all }, signal);
      else void monitorProbe({ ...work, intervalMs: () => intervalMs, askNow: all, news }, signal);
    }
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
