import { followEvents } from "../../lib/coordinator/container-events.ts";
import { proveGate } from "../../lib/coordinator/gate.ts";
import { redaction } from "../../lib/coordinator/redaction.ts";
import type { Services } from "../../lib/coordinator/services.ts";
import { services as createServices } from "../../lib/coordinator/services.ts";
import type { Recorder } from "../../lib/history/recorder.ts";
import { silentRecorder } from "../../lib/history/recorder.ts";
import type { GateVerdict } from "../../lib/model/control-answers.ts";
import type { ServiceStatus } from "../../lib/model/status.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import type { Probe } from "../../lib/model/probe.ts";
import type { Outcome } from "../../lib/probe/outcome.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock, settle } from "./fake-clock.ts";
import type { FakeEngine } from "./fake-engine.ts";
import { fakeEngine } from "./fake-engine.ts";
import { passed } from "./outcomes.ts";

/** Says how attempt number `n` (from 1) of the probe on a port ends. */
export type Script = (n: number, signal: AbortSignal) => Outcome | Promise<Outcome>;

/** A TCP probe; its port names it for the scripts. */
export function probeOn(port: number, options: Partial<Probe> = {}): Probe {
  return { kind: "tcp", port, timeout: "5s", level: "basic", mutates: false, ...options } as Probe;
}

export function spec(patch: Partial<ReadinessSpec> = {}): ReadinessSpec {
  return {
    validation: "connectivity",
    level: "basic",
    budget: "60s",
    successThreshold: 1,
    failureThreshold: 1,
    failFast: false,
    cadence: { initial: "100ms", max: "1s", multiplier: 2, jitter: 0 },
    restarts: { maxRetries: 2, backoff: { initial: "1s", multiplier: 2, max: "30s" } },
    grace: "10s",
    job: false,
    probes: { first: probeOn(1) },
    ...patch,
  };
}

/** A coordinator whose clock, engine and probes are the test's. */
export interface Bench {
  readonly clock: FakeClock;
  readonly engine: FakeEngine;
  readonly services: Services;
  /** By port. What has no script passes. */
  readonly scripts: Record<number, Script>;
  /** When each attempt was made, by port, counted from the bench's beginning. */
  readonly attempts: Record<number, number[]>;
  readonly log: string[];
  expect(
    service: string,
    patch?: Partial<ReadinessSpec>,
    options?: {
      readonly container?: string;
      readonly secrets?: Record<string, string>;
      readonly generation?: string;
      readonly needs?: Record<string, "restart" | "revalidate" | "ignore">;
      readonly startIndex?: number;
      readonly again?: boolean;
      readonly restartAfter?: string[];
    },
  ): string;
  /** Begins to prove; the verdict and the progress come as time is advanced. */
  prove(...names: string[]): {
    readonly progress: string[];
    readonly verdict: Promise<GateVerdict>;
    leave(): void;
  };
  status(service: string): ServiceStatus;
  close(): void;
}

export function bench({ recorder = silentRecorder }: { readonly recorder?: Recorder } = {}): Bench {
  const clock = fakeClock();
  const beganMs = clock.now();
  const engine = fakeEngine(clock.now);
  const scripts: Record<number, Script> = {};
  const attempts: Record<number, number[]> = {};
  const log: string[] = [];
  const services = createServices({
    engine,
    clock,
    random: () => 0,
    redaction: redaction(),
    recorder,
    stack: "dev",
    startedMs: beganMs,
    log: (event, fields) => log.push(`${event} ${JSON.stringify(fields ?? {})}`),
    runAttempt: async (probe, { signal }) => {
      const port = "port" in probe ? probe.port : 0;
      const made = (attempts[port] ??= []);
      made.push(clock.now() - beganMs);
      return scripts[port]?.(made.length, signal) ?? passed;
    },
  });
  const end = new AbortController();
  void followEvents(
    engine,
    {
      labels: {},
      onEvent: services.onEvent,
      onGap: services.refreshAll,
      clock,
      random: () => 0,
      log: (event) => log.push(event),
    },
    end.signal,
  );
  return {
    clock,
    engine,
    services,
    scripts,
    attempts,
    log,
    expect: (
      service,
      patch,
      {
        container = service,
        secrets = {},
        generation = "first",
        again = false,
        needs = {},
        startIndex = 0,
        restartAfter,
      } = {},
    ) =>
      services.expect({
        service,
        phase: "infrastructure",
        container,
        generation,
        needs,
        startIndex,
        again,
        ...(restartAfter && { restartAfter }),
        spec: spec(patch),
        secrets,
      }),
    prove: (...names) => {
      const progress: string[] = [];
      const left = new AbortController();
      const specHashes = Object.fromEntries(
        names.map((name) => [name, services.entry(name).tracker.subject.specHash]),
      );
      const verdict = proveGate(
        services,
        clock,
        { phase: "infrastructure", services: specHashes },
        (text) => progress.push(text),
        left.signal,
      );
      verdict.catch(() => {});
      return { progress, verdict, leave: () => left.abort() };
    },
    status: (service) => services.entry(service).tracker.status(),
    close: () => {
      services.close();
      end.abort();
    },
  };
}

export { settle };
