import { Duplex } from "node:stream";
import { PhasegateError } from "../../lib/core/errors.ts";
import type { TakeOutput } from "../../lib/engine/followed-output.ts";
import type { TakeLiveOutput } from "../../lib/engine/live-output.ts";
import type { ContainerEvent, ContainerOrigin, ContainerState, Engine } from "../../lib/engine/engine.ts";

/** An engine in memory. What is done to it is recorded; what happens to containers is said by the test. */
export interface FakeEngine extends Engine {
  /** Every call that changes something, in order: "start web1". */
  readonly calls: string[];
  /** A container as it is, whether the engine answers or not. */
  container(id: string): ContainerState | undefined;
  /** How often a container was inspected. */
  inspections(): number;
  /** How many follow the events now. */
  followers(): number;
  /** Adds a container, running since `startedMs` unless the patch says otherwise. */
  add(id: string, patch?: Partial<ContainerState>): void;
  /** Changes a container and tells those who follow. */
  happen(id: string, action: ContainerEvent["action"], patch?: Partial<ContainerState>): void;
  /** Changes a container and tells nobody. */
  change(id: string, patch: Partial<ContainerState>): void;
  /** The container ends by itself. */
  crash(id: string, exitCode?: number): void;
  /** What somebody does through the engine who is not the coordinator: `docker stop` and the like. */
  readonly byHand: {
    start(id: string): void;
    stop(id: string): void;
    kill(id: string): void;
    restart(id: string): void;
  };
  /** Somebody removes the container, which ends first if it runs. */
  remove(id: string): void;
  /** The container is not there any more, and nobody is told. */
  lose(id: string): void;
  /** Ends every stream of events, as when the engine goes away. */
  endEvents(): void;
  /** What `start` does to a container that does not run, besides recording; default: it runs. */
  onStart: (id: string) => void | Promise<void>;
  /** What `stop` does to a container that runs, besides recording; default: it ends at once. */
  onStop: (id: string, graceMs: number) => void | Promise<void>;
  /** When set, every question and every order fails with it. */
  silence: Error | undefined;
  /** Whether a call is never answered: it ends when its signal aborts. "stop web1" */
  hangs: (call: string) => boolean;
  /** What an answer waits for on its way: it says what was true when the call came. */
  holdsBack: (call: string) => Promise<void> | undefined;
  lines: string[];
  /** A container writes these lines, and those who follow its output get them. */
  writeLines(id: string, ...lines: string[]): void;
  /** Who follows a container's output gets nothing more: its run has ended, or, with an error, the stream has broken. */
  endLines(id: string, error?: Error): void;
  /** What is followed now: the id of the container, once for each stream. */
  followed(): readonly string[];
  /** Whether a stream that begins now has what was written before only when this ends. */
  catchingUp: Promise<void> | undefined;
  /** Whether who begins to attach to a container is attached only when this ends. */
  attaching: Promise<void> | undefined;
  /** Hands a piece of output to who is attached to a container, as when it has no line end. */
  write(id: string, piece: string): void;
  /** Ends the output of a container to who is attached, as when its run ends. */
  endOutput(id: string): void;
  /** Tells those who follow of something that has happened. */
  tell(
    id: string,
    action: ContainerEvent["action"],
    labels?: Readonly<Record<string, string>>,
    signal?: number,
  ): void;
  /** The containers that somebody is attached to now, once for each. */
  attached(): readonly string[];
  /** What containers were created from, by id. */
  readonly origins: Record<string, ContainerOrigin>;
}

type Follower = (event: ContainerEvent | undefined) => void;

/** As many events as an engine remembers. */
const remembered = 256;

export function fakeEngine(now: () => number): FakeEngine {
  const containers = new Map<string, ContainerState>();
  const followers = new Set<Follower>();
  const attached = new Map<TakeLiveOutput, { readonly id: string; readonly end: () => void }>();
  const following = new Set<{
    readonly id: string;
    readonly take: TakeOutput;
    readonly end: (error?: Error) => void;
  }>();
  const busy = new Map<string, Promise<void>>();
  let memory: ContainerEvent[] = [];
  let inspections = 0;

  const change = (id: string, patch: Partial<ContainerState>) => {
    const before = containers.get(id);
    if (before === undefined) throw new Error(`there is no container ${id}`);
    containers.set(id, { ...before, ...patch });
  };
  const tell: FakeEngine["tell"] = (id, action, labels = {}, signal) => {
    const event = { id, labels, action, atMs: now(), exitCode: undefined, signal };
    memory = [...memory, event].slice(-remembered);
    for (const follower of [...followers]) follower(event);
  };
  const begin = (id: string) =>
    engine.happen(id, "start", {
      ...{ running: true, startedMs: now(), exitCode: 0, outOfMemory: false, startError: "" },
    });
  const end = (id: string, exitCode: number) =>
    engine.happen(id, "die", { running: false, exitCode, finishedMs: now() });
  /** The engine's own order of events: see lib/coordinator/containers/platform-events.ts. */
  const stop = (id: string) => {
    if (containers.get(id)?.running !== true) return;
    tell(id, "kill", {}, 15);
    end(id, 143);
    tell(id, "stop");
  };

  /** An engine does one thing at a time to a container. */
  const inTurn = (id: string, work: () => Promise<void>): Promise<void> => {
    const done = (busy.get(id) ?? Promise.resolve()).then(work);
    busy.set(
      id,
      done.catch(() => undefined),
    );
    return done;
  };

  const called = async <T>(
    call: string,
    answer: () => T | Promise<T>,
    signal = new AbortController().signal,
  ): Promise<T> => {
    if (engine.hangs(call))
      return new Promise<never>((_, reject) => {
        const giveUp = () =>
          reject(new PhasegateError("PHASEGATE_ENGINE_UNREACHABLE", `no answer to ${call}`));
        if (signal.aborted) giveUp();
        signal.addEventListener("abort", giveUp, { once: true });
      });
    if (engine.silence) throw engine.silence;
    const answered = await answer();
    await engine.holdsBack(call);
    return answered;
  };

  const engine: FakeEngine = {
    calls: [],
    lines: [],
    origins: {},
    catchingUp: undefined,
    attaching: undefined,
    silence: undefined,
    hangs: () => false,
    holdsBack: () => undefined,
    container: (id) => containers.get(id),
    inspections: () => inspections,
    followers: () => followers.size,
    onStart: begin,
    onStop: stop,
    add: (id, patch = {}) => {
      containers.set(id, {
        id,
        name: `stack-${id}`,
        image: "image",
        labels: {},
        createdMs: now(),
        startedMs: now(),
        finishedMs: undefined,
        running: true,
        paused: false,
        exitCode: 0,
        outOfMemory: false,
        health: undefined,
        healthyMs: undefined,
        healthOutput: "",
        startError: "",
        stopSignal: 15,
        limits: {},
        altered: [],
        ...patch,
      });
    },
    happen: (id, action, patch = {}) => {
      change(id, patch);
      tell(id, action);
    },
    change,
    crash: (id, exitCode = 1) => end(id, exitCode),
    byHand: {
      start: begin,
      stop,
      kill: (id) => {
        tell(id, "kill", {}, 9);
        end(id, 137);
      },
      restart: (id) => {
        stop(id);
        begin(id);
      },
    },
    remove: (id) => {
      if (containers.get(id)?.running === true) engine.byHand.kill(id);
      containers.delete(id);
      tell(id, "destroy");
    },
    lose: (id) => void containers.delete(id),
    endEvents: () => {
      for (const follower of [...followers]) follower(undefined);
    },
    inspect: (id, signal) => {
      inspections++;
      return called(`inspect ${id}`, () => containers.get(id), signal);
    },
    origin: async (id) => (containers.has(id) ? engine.origins[id] : undefined),
    list: async () => [...containers.values()],
    summaries: (_labels, signal) =>
      called(
        "list",
        () =>
          [...containers.values()].map(
            ({ id, name, image, labels, createdMs, running, paused, startedMs, health }) => ({
              ...{ id, name, image, imageId: image, labels, createdMs, health },
              status:
                startedMs === undefined ? "created" : paused ? "paused" : running ? "running" : "exited",
              networks: { stack: `${id} since ${startedMs}` },
            }),
          ),
        signal,
      ),
    start: (id, signal) => {
      engine.calls.push(`start ${id}`);
      const start = async () => (containers.get(id)?.running === true ? undefined : engine.onStart(id));
      return called(`start ${id}`, () => inTurn(id, start), signal);
    },
    setLimits: (id, limits) => {
      const { pids, ...rest } = limits;
      change(id, { limits: { ...rest, ...(typeof pids === "number" && { pids }) } });
      return Promise.resolve();
    },
    stop: (id, graceMs, signal) => {
      engine.calls.push(`stop ${id}`);
      const stop = async () =>
        containers.get(id)?.running === true ? engine.onStop(id, graceMs) : undefined;
      return called(`stop ${id}`, () => inTurn(id, stop), signal);
    },
    logs: async (_id, tail) => engine.lines.slice(-tail),
    outputSince: async (id) => {
      engine.calls.push(`output ${id}`);
      return { lines: engine.lines, complete: true };
    },
    followOutput: async (id, _sinceMs, take, signal) => {
      engine.calls.push(`follow ${id}`);
      if (engine.silence) throw engine.silence;
      const before = [...engine.lines];
      const ended = Promise.withResolvers<void>();
      ended.promise.catch(() => undefined);
      const end = (error?: Error) => (error === undefined ? ended.resolve() : ended.reject(error));
      const own = { id, take: take, end };
      signal.addEventListener("abort", () => end(new Error("aborted")));
      await engine.catchingUp;
      following.add(own);
      try {
        if (before.length > 0) take.lines(before);
        take.current();
        await ended.promise;
      } finally {
        following.delete(own);
      }
    },
    writeLines: (id, ...lines) => {
      engine.lines = [...engine.lines, ...lines];
      for (const own of following) {
        if (own.id !== id) continue;
        try {
          own.take.lines(lines);
        } catch (error) {
          own.end(error as Error);
        }
      }
    },
    endLines: (id, error) => {
      for (const own of following) if (own.id === id) own.end(error);
    },
    followed: () => [...following].map(({ id }) => id),
    write: (id, piece) => {
      for (const [take, to] of attached) if (to.id === id) take.piece("stdout", Buffer.from(piece));
    },
    endOutput: (id) => {
      for (const to of [...attached.values()]) if (to.id === id) to.end();
    },
    tell,
    attached: () => [...attached.values()].map((to) => to.id),
    liveOutput: async (id, take, signal) => {
      if (engine.attaching !== undefined) await engine.attaching;
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const end = () => {
          attached.delete(take);
          resolve();
        };
        attached.set(take, { id, end });
        take.attached();
        signal.addEventListener("abort", end);
      });
    },
    run: async (id, command) => {
      engine.calls.push(`run ${id} ${command.join(" ")}`);
      return { exitCode: 0, stdout: "", stderr: "", startError: "" };
    },
    events: (_labels, signal, sinceMs = Infinity, onOpen = () => undefined) =>
      follow(
        followers,
        memory.filter(({ atMs }) => atMs >= sinceMs),
        signal,
        onOpen,
      ),
    pastEvents: (_labels, { sinceMs, untilMs }, signal) =>
      called("past", () => memory.filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs), signal),
    runOnce: async () => {
      throw new Error("no test runs a container of its own on this engine");
    },
    exec: async () => Duplex.from([]),
  };
  return engine;
}

async function* follow(
  followers: Set<Follower>,
  past: readonly ContainerEvent[],
  signal: AbortSignal,
  onOpen: () => void,
): AsyncIterable<ContainerEvent> {
  const queue: (ContainerEvent | undefined)[] = [...past];
  let wake = () => {};
  const follower: Follower = (event) => {
    queue.push(event);
    wake();
  };
  followers.add(follower);
  onOpen();
  const stop = () => follower(undefined);
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const event = queue.shift();
      if (event === undefined) return;
      yield event;
    }
  } finally {
    followers.delete(follower);
    signal.removeEventListener("abort", stop);
  }
}
