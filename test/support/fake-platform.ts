import type { Clock } from "../../lib/core/clock.ts";
import { errorText, PhasegateError } from "../../lib/core/errors.ts";
import { ownOrders } from "../../lib/coordinator/containers/own-orders.ts";
import { platformEvents } from "../../lib/coordinator/containers/platform-events.ts";
import { restartOnce } from "../../lib/coordinator/containers/restart-once.ts";
import type { ContainerEvent } from "../../lib/engine/engine.ts";
import type { Platform, PlatformEvent } from "../../lib/supervision/platform.ts";
import type { FakeCall, Faults } from "./fake-faults.ts";
import type { FakeWorkload, FakeWorkloadOptions } from "./fake-workload.ts";
import { fakeWorkload } from "./fake-workload.ts";

/** An order that came to the platform through its interface. */
export interface GivenOrder {
  readonly atMs: number;
  readonly order: "start" | "restart" | "stop";
  readonly workload: string;
}

/** A platform in memory that behaves as a container engine does, on the clock that it is given. */
export interface FakePlatform extends Platform {
  /** Everything that was ordered through the interface, in the order in which it came. */
  readonly orders: readonly GivenOrder[];
  /** Every run that was begun, by whomever. */
  readonly starts: readonly { readonly atMs: number; readonly workload: string }[];
  /** Every call that came, orders and questions. */
  readonly calls: FakeCall[];
  /** What goes wrong: nothing, until the test says so. */
  readonly faults: Faults;
  /** How many follow the events now. */
  followers(): number;
  add(workload: string, options?: FakeWorkloadOptions): void;
  /** A workload, to look at or to do something to it that the platform does not do. */
  workload(workload: string): FakeWorkload;
  /** What somebody does through the platform, but not through this interface: `docker stop` and the like. */
  readonly byHand: {
    start(workload: string): Promise<void>;
    stop(workload: string, graceMs?: number): Promise<void>;
    kill(workload: string, signal?: number): void;
    restart(workload: string, graceMs?: number): Promise<void>;
    remove(workload: string): void;
    pause(workload: string): void;
    unpause(workload: string): void;
  };
  /** The workload ends by itself. */
  crash(workload: string, end?: { readonly exitCode?: number; readonly outOfMemory?: boolean }): void;
  /** Ends every stream of events, as when a connection breaks. */
  endEvents(): void;
  /** From now on nothing comes by the streams of events that there are, and they do not end, as when a network has lost them. */
  deafen(): void;
  /** From now on the platform hangs, cannot be reached, or answers again. What it runs goes on. */
  become(condition: "answering" | "hanging" | "unreachable"): void;
  /** The machine fails: everything ends at once, without a word, and the platform is back after a while. */
  reboot(downMs?: number): Promise<void>;
  /**
   * The engine is started again, in its order: it takes no more calls, stops what it runs with SIGTERM and a grace, reports that on
   * the streams that it has, ends them, and is back after a while. It has forgotten its events then.
   */
  restartEngine(times?: { readonly graceMs?: number; readonly downMs?: number }): Promise<void>;
}

interface Follower {
  take: (event: PlatformEvent) => void;
  readonly end: () => void;
}

/** How many events an engine remembers. */
const remembered = 256;

export function fakePlatform(clock: Clock): FakePlatform {
  const workloads = new Map<string, FakeWorkload>();
  const followers = new Set<Follower>();
  const orders: GivenOrder[] = [];
  const starts: { atMs: number; workload: string }[] = [];
  const calls: FakeCall[] = [];
  const faults: Faults = { call: undefined, event: undefined };
  const own = ownOrders(clock);
  let memory: PlatformEvent[] = [];
  let condition: "answering" | "hanging" | "unreachable" = "answering";
  /** What an engine that hangs will report. */
  let held: (() => void)[] = [];

  const known = (workload: string): FakeWorkload => {
    const found = workloads.get(workload);
    if (found === undefined) throw new Error(`there is no ${workload}`);
    return found;
  };

  const report = (id: string, action: ContainerEvent["action"], signal?: number) => {
    const labels = workloads.get(id)?.options.labels ?? {};
    const event = { id, action, labels, atMs: clock.now(), exitCode: undefined, signal };
    if (action === "start") starts.push({ atMs: clock.now(), workload: id });
    if (condition === "hanging") held.push(() => send(event));
    else send(event);
  };

  const send = (event: ContainerEvent) => {
    for (const one of platformEvents(event, { isOwn: own.covers, stopSignal: () => undefined })) {
      memory = [...memory, one].slice(-remembered);
      for (const follower of [...followers]) hand(one, follower);
    }
  };

  const hand = (event: PlatformEvent, follower: Follower) => {
    const take = (one: PlatformEvent) => follower.take(one);
    const fault = faults.event?.(event);
    if (fault?.kind === "drop") return;
    if (fault?.kind === "delay") return void clock.sleep(fault.ms).then(() => take(event));
    for (let times = fault?.kind === "repeat" ? fault.times : 1; times > 0; times--) take(event);
  };

  /** Does what a call asks for, or does not, and ends with the signal in any case. */
  const called = async <T>(call: FakeCall, signal: AbortSignal, answer: () => T | Promise<T>): Promise<T> => {
    calls.push(call);
    const given = new Promise<never>((_, reject) => {
      const giveUp = () => reject(unreachable(errorText(signal.reason)));
      if (signal.aborted) giveUp();
      signal.addEventListener("abort", giveUp, { once: true });
    });
    given.catch(() => undefined);
    return await Promise.race([given, answered(call, answer)]);
  };

  const answered = async <T>(call: FakeCall, answer: () => T | Promise<T>): Promise<T> => {
    const fault = faults.call?.(call);
    if (condition === "hanging" || fault?.kind === "hang") return await new Promise<never>(() => undefined);
    if (condition === "unreachable" || fault?.kind === "unreachable") throw unreachable("connection refused");
    if (fault?.kind === "refuse") throw refused(fault.text);
    if (fault?.kind === "slow") await clock.sleep(fault.ms);
    const result = await answer();
    if (fault?.kind === "late") await clock.sleep(fault.ms);
    if (fault?.kind === "lost") throw unreachable("socket hang up");
    return result;
  };

  const ordered = (order: GivenOrder["order"], workload: string) =>
    orders.push({ atMs: clock.now(), order, workload });

  const observe: Platform["observe"] = (workload, signal) =>
    called({ name: "observe", workload }, signal, () => workloads.get(workload)?.run() ?? "gone");

  const begin = async (workload: string) => {
    const found = workloads.get(workload);
    if (found === undefined) throw refused(`no such container: ${workload}`);
    try {
      await found.start();
    } catch (error) {
      throw refused(errorText(error));
    }
  };
  const end = async (workload: string, graceMs: number) =>
    own.give(workload, graceMs + 30_000, async () => workloads.get(workload)?.stop(graceMs));

  const platform: FakePlatform = {
    ...{ orders, starts, calls, faults, observe },
    followers: () => followers.size,
    list: (signal) =>
      called({ name: "list", workload: "" }, signal, () =>
        [...workloads].map(([workload, one]) => ({
          ...{ workload, name: one.run().name, running: one.run().running },
          ...{ labels: one.options.labels, version: one.version() },
        })),
      ),
    start: (workload, signal) => {
      ordered("start", workload);
      return called({ name: "start", workload }, signal, () => begin(workload));
    },
    stop: (workload, { graceMs }, signal) => {
      ordered("stop", workload);
      return called({ name: "stop", workload }, signal, () => end(workload, graceMs));
    },
    restart: (workload, order, signal) => {
      ordered("restart", workload);
      const step = <T>(answer: () => T | Promise<T>) => called({ name: "restart", workload }, signal, answer);
      return restartOnce(
        {
          observe: () => step(() => workloads.get(workload)?.run() ?? "gone"),
          stop: () => step(() => end(workload, order.graceMs)),
          start: () => step(() => begin(workload)),
        },
        ...([workload, order, signal] as const),
      );
    },
    logs: (workload, tail, signal) =>
      called({ name: "logs", workload }, signal, () => known(workload).options.lines.slice(-tail)),
    past: (sinceMs, signal) =>
      called({ name: "past", workload: "" }, signal, () => memory.filter(({ atMs }) => atMs >= sinceMs)),
    events: async function* (sinceMs, signal, onOpen = () => undefined) {
      if (condition === "unreachable") throw unreachable("connection refused");
      const queue: (PlatformEvent | "end")[] =
        sinceMs === undefined ? [] : memory.filter(({ atMs }) => atMs >= sinceMs);
      let wake = () => {};
      const put = (event: PlatformEvent | "end") => {
        queue.push(event);
        wake();
      };
      const follower: Follower = { take: put, end: () => put("end") };
      followers.add(follower);
      onOpen();
      signal.addEventListener("abort", follower.end);
      try {
        while (!signal.aborted) {
          if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          const event = queue.shift();
          if (event === undefined || event === "end" || signal.aborted) return;
          yield event;
        }
      } finally {
        followers.delete(follower);
        signal.removeEventListener("abort", follower.end);
      }
    },

    add: (workload, options = {}) => {
      const reports = (action: ContainerEvent["action"], signal?: number) => report(workload, action, signal);
      workloads.set(workload, fakeWorkload(workload, options, clock, reports));
      report(workload, "create");
      if (known(workload).run().running) report(workload, "start");
    },
    workload: known,
    byHand: {
      start: async (workload) => void (await known(workload).start()),
      stop: (workload, graceMs = 10_000) => known(workload).stop(graceMs),
      kill: (workload, signal = 9) => known(workload).kill(signal),
      restart: async (workload, graceMs = 10_000) => {
        await known(workload).stop(graceMs);
        await known(workload).start();
      },
      remove: (workload) => {
        if (known(workload).run().running) known(workload).kill(9);
        report(workload, "destroy");
        workloads.delete(workload);
      },
      pause: (workload) => known(workload).pause(true),
      unpause: (workload) => known(workload).pause(false),
    },
    crash: (workload, end = {}) => known(workload).crash(end),
    endEvents: () => {
      for (const follower of [...followers]) follower.end();
    },
    deafen: () => {
      for (const follower of followers) follower.take = () => undefined;
    },
    become: (now) => {
      condition = now;
      if (now === "hanging") return;
      for (const report of held) report();
      held = [];
    },
    reboot: async (downMs = 20_000) => {
      for (const one of workloads.values()) one.vanish();
      await comeBack(downMs);
    },
    restartEngine: async ({ graceMs = 10_000, downMs = 1000 } = {}) => {
      condition = "unreachable";
      await Promise.all([...workloads.values()].map((one) => one.stop(graceMs)));
      await comeBack(downMs);
    },
  };

  const comeBack = async (downMs: number) => {
    condition = "unreachable";
    memory = [];
    platform.endEvents();
    await clock.sleep(downMs);
    condition = "answering";
  };
  return platform;
}

function unreachable(why: string): PhasegateError {
  return new PhasegateError("PHASEGATE_ENGINE_UNREACHABLE", `the platform does not answer: ${why}`);
}

function refused(why: string): PhasegateError {
  return new PhasegateError("PHASEGATE_ENGINE_REFUSED", `the platform refused: ${why}`);
}
