import type { Clock } from "../../lib/core/clock.ts";
import type { ContainerEvent } from "../../lib/engine/engine.ts";
import type { WorkloadRun } from "../../lib/supervision/platform.ts";
import { changes } from "../../lib/readiness/changes.ts";

/** What a workload of the fake platform is like. */
export interface FakeWorkloadOptions {
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: it runs, since now. */
  readonly running?: boolean;
  /** How long its start takes. Default: none. */
  readonly startsInMs?: number;
  /** How long after a SIGTERM it ends; `Infinity` if it ignores it. Default: at once. */
  readonly endsInMs?: number;
  /** Why it cannot be started. Default: it can. */
  readonly startError?: string;
  readonly lines?: readonly string[];
}

/** A workload, and what its engine does to it. What the engine reports goes to `report`, in the engine's order. */
export interface FakeWorkload {
  readonly options: Required<FakeWorkloadOptions>;
  run(): WorkloadRun;
  /** Another text in each state, as a list has it. */
  version(): string;
  /** Changes what the test likes to have changed, such as how it starts the next time. */
  set(options: FakeWorkloadOptions): void;
  setHealth(health: WorkloadRun["health"]): void;
  start(): Promise<"started" | "running">;
  stop(graceMs: number): Promise<void>;
  kill(signal: number): void;
  pause(paused: boolean): void;
  crash(end: { readonly exitCode?: number; readonly outOfMemory?: boolean }): void;
  /** Ends without a report, as when the machine does. */
  vanish(): void;
}

const sigkill = 9;
const sigterm = 15;

export function fakeWorkload(
  name: string,
  options: FakeWorkloadOptions,
  clock: Clock,
  report: (action: ContainerEvent["action"], signal?: number) => void,
): FakeWorkload {
  const running = options.running ?? true;
  const own = {
    ...{ labels: {}, running, startsInMs: 0, endsInMs: 0, startError: "", altered: [], lines: [] },
    ...options,
  };
  let run: WorkloadRun = {
    ...{ name, createdMs: clock.now(), startedMs: running ? clock.now() : undefined, running },
    ...{ finishedMs: undefined, paused: false, exitCode: 0, outOfMemory: false },
    ...{ health: undefined, healthyMs: undefined, healthOutput: "", startError: "", altered: [] },
  };
  let version = 0;
  /** An engine does one thing at a time to a container. */
  let busy: Promise<unknown> = Promise.resolve();
  const ended = changes();

  const set = (patch: Partial<WorkloadRun>) => {
    run = { ...run, ...patch };
    version++;
  };
  const end = (exitCode: number, outOfMemory = false) => {
    if (!run.running) return;
    set({ running: false, paused: false, finishedMs: clock.now(), exitCode, outOfMemory });
    ended.notify();
    report("die");
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = busy.then(work);
    busy = done.catch(() => undefined);
    return done;
  };

  return {
    options: own,
    run: () => run,
    version: () => `${run.running ? "running" : "exited"} ${version}`,
    set: (more) => void Object.assign(own, more),
    setHealth: (health) => {
      set({ health, ...(health === "healthy" && { healthyMs: run.healthyMs ?? clock.now() }) });
      if (health === "healthy" || health === "unhealthy") report(health);
    },
    start: () =>
      inTurn(async () => {
        if (run.running) return "running";
        if (own.startsInMs > 0) await clock.sleep(own.startsInMs);
        if (own.startError !== "") {
          set({ startError: own.startError, exitCode: 127 });
          throw new Error(own.startError);
        }
        const fresh = { exitCode: 0, outOfMemory: false, healthyMs: undefined, startError: "", altered: [] };
        set({ ...fresh, running: true, startedMs: clock.now() });
        report("start");
        return "started";
      }),
    stop: (graceMs) =>
      inTurn(async () => {
        if (!run.running) return;
        report("kill", sigterm);
        if (run.paused) {
          set({ paused: false });
          report("unpause");
        }
        if (own.endsInMs > 0) {
          const over = new AbortController();
          await Promise.race([
            clock.sleep(Math.min(own.endsInMs, graceMs), over.signal),
            ended.next(over.signal),
          ]);
          over.abort();
        }
        if (own.endsInMs > graceMs && run.running) {
          report("kill", sigkill);
          end(128 + sigkill);
        } else end(128 + sigterm);
        report("stop");
      }),
    kill: (signal) => {
      if (!run.running) throw new Error(`${name} is not running`);
      report("kill", signal);
      if (signal === sigkill || (signal === sigterm && own.endsInMs === 0)) end(128 + signal);
      else if (signal === sigterm && own.endsInMs < Infinity)
        void clock.sleep(own.endsInMs).then(() => end(128 + signal));
    },
    pause: (paused) => {
      set({ paused });
      report(paused ? "pause" : "unpause");
    },
    crash: ({ exitCode = 1, outOfMemory = false }) => {
      if (outOfMemory) report("oom");
      end(outOfMemory ? 128 + sigkill : exitCode, outOfMemory);
    },
    vanish: () => {
      if (!run.running) return;
      // What ended with the machine shows 255 when the engine is back.
      set({ running: false, paused: false, finishedMs: clock.now(), exitCode: 255 });
      ended.notify();
    },
  };
}
