import { randomUUID } from "node:crypto";
import type { ConfiguredObserver } from "../../lib/coordinator/observers/telemetry.ts";
import type { Coordinator } from "../../lib/coordinator/coordinator.ts";
import { alertsObserver } from "../../lib/coordinator/observers/alerts/alerts-observer.ts";
import { coordinator } from "../../lib/coordinator/coordinator.ts";
import { dockerPlatform } from "../../lib/coordinator/containers/docker-platform.ts";
import type { Redaction } from "../../lib/coordinator/redaction.ts";
import { redaction } from "../../lib/coordinator/redaction.ts";
import { statusOf } from "../../lib/coordinator/supervisor/status-of.ts";
import type { DesiredStore } from "../../lib/desired/desired-store.ts";
import { openDesired } from "../../lib/desired/open-desired.ts";
import type { History } from "../../lib/history/history.ts";
import { noHistory } from "../../lib/history/history.ts";
import type { Method, Params } from "../../lib/model/control.ts";
import type { Events, GateVerdict, Results } from "../../lib/model/control-answers.ts";
import type { JobRuns } from "../../lib/model/job.ts";
import type { DependencyPolicy } from "../../lib/model/needs.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import { specHashOf } from "../../lib/model/spec-hash.ts";
import type { Schedule } from "../../lib/model/schedule.ts";
import type { ServiceStatus } from "../../lib/model/status.ts";
import type { SupervisionSpec } from "../../lib/model/supervision.ts";
import { supervisionDefaults } from "../../lib/model/supervision.ts";
import type { Transition } from "../../lib/model/transition.ts";
import type { Outcome } from "../../lib/probe/outcome.ts";
import type { ContainerView } from "../../lib/probe/probe-kind.ts";
import type { ServiceRecord, Wanted } from "../../lib/supervision/service-record.ts";
import { readinessSpec } from "./desired.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock } from "./fake-clock.ts";
import type { FakeEngine } from "./fake-engine.ts";
import { fakeEngine } from "./fake-engine.ts";
import { passed } from "./outcomes.ts";

/** Says how attempt number `n` (from 1) of the probe on a port ends. What has no port is at 0. */
export type Script = (n: number, signal: AbortSignal, container: ContainerView) => Outcome | Promise<Outcome>;

/** What an `up` says of a service besides its readiness spec. */
export interface ApplyOptions {
  /** Default: the service's name. */
  readonly container?: string;
  readonly phase?: string;
  readonly after?: string[];
  readonly secrets?: Record<string, string>;
  readonly generation?: string;
  readonly verification?: number;
  readonly needs?: Record<string, DependencyPolicy>;
  readonly startIndex?: number;
  readonly again?: boolean;
  readonly restartFor?: string[];
  readonly waitsForNeeds?: boolean;
  readonly runs?: JobRuns;
  readonly schedule?: Schedule;
  readonly supervision?: Partial<SupervisionSpec>;
  readonly replicaOf?: string;
}

/** A wait for a gate; the verdict and the progress come as time is advanced. */
export interface Waiting {
  readonly progress: string[];
  readonly verdict: Promise<GateVerdict>;
  /** The client goes away. */
  leave(): void;
}

/** A coordinator whose clock, engine and probes are the test's. */
export interface Bench {
  readonly clock: FakeClock;
  readonly engine: FakeEngine;
  readonly desired: DesiredStore;
  /** By port. What has no script passes. */
  readonly scripts: Record<number, Script>;
  /** When each attempt was made, by port, counted from the bench's beginning. */
  readonly attempts: Record<number, number[]>;
  readonly log: string[];
  /** Each change of a service's state: "web ready → restarting: exited with code 1". */
  readonly changes: string[];
  readonly transitions: Transition[];
  /** Takes the list of changes, and empties it. */
  changesSince(): string[];
  /** Applies a service as an `up` does. What its gate waits for. */
  apply(service: string, patch?: Partial<ReadinessSpec>, options?: ApplyOptions): Wanted;
  /** Waits for the gate of these services as they were applied last. */
  gate(...services: string[]): Waiting;
  /** The same, for a client that was connected to a coordinator before. */
  resumedGate(...services: string[]): Waiting;
  /** What was applied last of a service, for its gate. */
  wanted(...services: string[]): Record<string, Wanted>;
  /** A request of the control protocol. */
  call<M extends Method>(
    method: M,
    params: Params<M>,
    onEvent?: (event: Events[M]) => void,
    signal?: AbortSignal,
  ): Promise<Results[M]>;
  /** An `up` connects; the returned function ends its connection. */
  deploy(): () => void;
  record(service: string): ServiceRecord;
  status(service: string): ServiceStatus;
  services(): string[];
  /** The coordinator's process is killed. What it has ordered of the engine is done to its end, and nothing more. */
  kill(): void;
  /** A coordinator's process begins on what was kept. */
  start(): void;
  /** It is killed, and begins again at once. */
  killCoordinator(): void;
  close(): void;
}

interface BenchOptions {
  readonly observers?: readonly ConfiguredObserver[];
  readonly history?: History;
  readonly clock?: FakeClock;
  /** The time that people and the engine have, from the coordinator's own. */
  readonly wallMs?: (nowMs: number) => number;
  readonly random?: () => number;
}

/** A coordinator's process. One that was killed does nothing any more. */
interface Process extends Coordinator {
  alive: boolean;
}

/** The engine as a process has it: no order comes from one that was killed. */
function whileAlive(engine: FakeEngine, isAlive: () => boolean): FakeEngine {
  const never = new Promise<never>(() => undefined);
  return {
    ...engine,
    start: (...order) => (isAlive() ? engine.start(...order) : never),
    stop: (...order) => (isAlive() ? engine.stop(...order) : never),
  };
}

export function bench(options: BenchOptions = {}): Bench {
  const { history = noHistory("no test reads it"), clock = fakeClock(), random = () => 0.5 } = options;
  const beganMs = clock.now();
  const wallMs = () => options.wallMs?.(clock.now()) ?? clock.now();
  const engine = fakeEngine(wallMs);
  const scripts: Record<number, Script> = {};
  const attempts: Record<number, number[]> = {};
  const log: string[] = [];
  const changes: string[] = [];
  const transitions: Transition[] = [];
  const wanted: Record<string, Wanted> = {};
  const say = (event: string, fields = {}) => void log.push(`${event} ${JSON.stringify(fields)}`);
  const desired = openDesired(
    { file: "none", database: undefined, why: "the test keeps it in memory" },
    { key: undefined, stack: "dev", say },
  );

  const begin = (): Process => {
    const secrets = redaction();
    const process: Process = { alive: true, ...coordinatorOf(() => process.alive, secrets) };
    return process;
  };
  const coordinatorOf = (isAlive: () => boolean, secrets: Redaction): Coordinator =>
    coordinator({
      ...{ desired, clock, random, log: say, redaction: secrets, labels: {}, stack: "dev" },
      engine: whileAlive(engine, isAlive),
      platform: (listened) => dockerPlatform({ engine: listened, labels: {}, clock, redact: secrets.redact }),
      history: {
        ...history,
        close: () => undefined,
        transition: (transition) => {
          const { service, from, to, cause } = transition;
          transitions.push(transition);
          changes.push(`${service} ${from} → ${to}: ${cause.text}`);
          history.transition(transition);
        },
      },
      observers: options.observers ?? [],
      wallMs,
      alerts: alertsObserver({
        ...{ clock, random, wallMs, log: say, redact: secrets.redact, newId: randomUUID },
        database: { file: "none", database: undefined, why: "the test keeps it in memory" },
        fetch: () => Promise.reject(new Error("no test sends anything")),
      }),
      startedMs: clock.now(),
      runAttempt: async (probe, { signal, container }) => {
        const port = ("port" in probe ? probe.port : undefined) ?? 0;
        const made = (attempts[port] ??= []);
        made.push(clock.now() - beganMs);
        return scripts[port]?.(made.length, signal, container) ?? passed;
      },
    });
  let current = begin();

  const kill = () => {
    current.alive = false;
    void current.close();
  };
  const start = () => void (current = begin());

  const call: Bench["call"] = (method, params, onEvent = () => undefined, signal = AbortSignal.any([])) =>
    current.answers(
      { id: 1, method, ...params } as unknown as Parameters<Coordinator["answers"]>[0],
      onEvent as Parameters<Coordinator["answers"]>[1],
      signal,
    ) as Promise<never>;

  const wantedOf = (...names: string[]) =>
    Object.fromEntries(
      names.map((name) => {
        const own = wanted[name];
        if (own === undefined) throw new Error(`${name} was not applied`);
        return [name, own];
      }),
    );

  const waitFor = (names: string[], resumed: boolean): Waiting => {
    const progress: string[] = [];
    const left = new AbortController();
    const verdict = call(
      "awaitGate",
      { phase: "infrastructure", services: wantedOf(...names), ...(resumed && { resumed }) },
      ({ text }) => progress.push(text),
      left.signal,
    );
    verdict.catch(() => {});
    return { progress, verdict, leave: () => left.abort() };
  };

  const record = (service: string) => current.supervisor.service(service).actor.record();

  return {
    ...{ clock, engine, desired, scripts, attempts, log, changes, transitions, call, record },
    changesSince: () => changes.splice(0),
    apply: (service, patch, own = {}) => {
      const { container = service, phase = "infrastructure", after = [], secrets = {} } = own;
      const { generation = "first", verification = 1, needs = {}, startIndex = 0 } = own;
      const { again = false, restartFor = [], waitsForNeeds, runs, schedule, replicaOf } = own;
      const readiness = readinessSpec(patch);
      const supervision = { ...supervisionDefaults, interval: "15s", ...own.supervision } as const;
      void call("apply", {
        ...{ service, phase, after, container, secrets, generation, verification, needs, startIndex },
        ...(waitsForNeeds && { waitsForNeeds }),
        ...(runs && { runs }),
        ...(schedule && { schedule }),
        ...(replicaOf !== undefined && { replicaOf }),
        ...{ again, restartFor, readiness, supervision, keptPasswords: [] },
      });
      return (wanted[service] = { generation, verification, specHash: specHashOf(readiness) });
    },
    gate: (...names) => waitFor(names, false),
    resumedGate: (...names) => waitFor(names, true),
    wanted: wantedOf,
    deploy: () => {
      const connection = new AbortController();
      void call("deploy", {}, undefined, connection.signal);
      return () => connection.abort();
    },
    status: (service) => statusOf(record(service)),
    services: () => [...current.supervisor.records().keys()],
    ...{ kill, start },
    killCoordinator: () => {
      kill();
      start();
    },
    close: () => void current.close(),
  };
}
