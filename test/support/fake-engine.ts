import { Duplex } from "node:stream";
import type { TakePiece } from "../../lib/engine/live-output.ts";
import type { ContainerEvent, ContainerOrigin, ContainerState, Engine } from "../../lib/engine/engine.ts";

/** An engine in memory. What is done to it is recorded; what happens to containers is said by the test. */
export interface FakeEngine extends Engine {
  /** Every call that changes something, in order: "start web1". */
  readonly calls: string[];
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
  remove(id: string): void;
  /** Ends every stream of events, as when the engine goes away. */
  endEvents(): void;
  /** What `start` does besides recording; default: the container runs. */
  onStart: (id: string) => void;
  /** When set, every inspect fails with it. */
  silence: Error | undefined;
  lines: string[];
  /** Hands a piece of output to who is attached to a container, as when it has no line end. */
  write(id: string, piece: string): void;
  /** Ends the output of a container to who is attached, as when its run ends. */
  endOutput(id: string): void;
  /** Tells those who follow of something that has happened. */
  tell(id: string, action: ContainerEvent["action"], labels: Readonly<Record<string, string>>): void;
  /** The containers that somebody is attached to now, once for each. */
  attached(): readonly string[];
  /** What containers were created from, by id. */
  readonly origins: Record<string, ContainerOrigin>;
}

export function fakeEngine(now: () => number): FakeEngine {
  const containers = new Map<string, ContainerState>();
  const followers = new Set<(event: ContainerEvent | undefined) => void>();
  const attached = new Map<TakePiece, { readonly id: string; readonly end: () => void }>();
  let inspections = 0;
  const change = (id: string, patch: Partial<ContainerState>) => {
    const before = containers.get(id);
    if (before === undefined) throw new Error(`there is no container ${id}`);
    containers.set(id, { ...before, ...patch });
  };
  const tell: FakeEngine["tell"] = (id, action, labels) => {
    for (const follower of [...followers])
      follower({ id, labels, action, atMs: now(), exitCode: undefined, signal: undefined });
  };
  const engine: FakeEngine = {
    calls: [],
    lines: [],
    origins: {},
    silence: undefined,
    inspections: () => inspections,
    followers: () => followers.size,
    onStart: (id) =>
      engine.happen(id, "start", { running: true, startedMs: now(), exitCode: 0, startError: "" }),
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
        ...patch,
      });
    },
    happen: (id, action, patch = {}) => {
      change(id, patch);
      tell(id, action, {});
    },
    change,
    remove: (id) => {
      containers.delete(id);
      tell(id, "destroy", {});
    },
    endEvents: () => {
      for (const follower of [...followers]) follower(undefined);
    },
    inspect: async (id) => {
      inspections++;
      if (engine.silence) throw engine.silence;
      return containers.get(id);
    },
    origin: async (id) => (containers.has(id) ? engine.origins[id] : undefined),
    list: async () => [...containers.values()],
    summaries: async () => {
      throw new Error("no test lists the containers of this engine");
    },
    start: async (id) => {
      engine.calls.push(`start ${id}`);
      engine.onStart(id);
    },
    stop: async (id) => void engine.calls.push(`stop ${id}`),
    restart: async (id) => void engine.calls.push(`restart ${id}`),
    logs: async (_id, tail) => engine.lines.slice(-tail),
    outputSince: async () => ({ lines: engine.lines, complete: true }),
    write: (id, piece) => {
      for (const [take, to] of attached) if (to.id === id) take("stdout", Buffer.from(piece));
    },
    endOutput: (id) => {
      for (const to of [...attached.values()]) if (to.id === id) to.end();
    },
    tell,
    attached: () => [...attached.values()].map((to) => to.id),
    liveOutput: (id, take, signal) =>
      new Promise((resolve) => {
        const end = () => {
          attached.delete(take);
          resolve();
        };
        attached.set(take, { id, end });
        signal.addEventListener("abort", end);
      }),
    run: async (id, command) => {
      engine.calls.push(`run ${id} ${command.join(" ")}`);
      return { exitCode: 0, stdout: "", stderr: "", startError: "" };
    },
    events: (_labels, signal) => follow(followers, signal),
    pastEvents: async () => [],
    runOnce: async () => {
      throw new Error("no test runs a container of its own on this engine");
    },
    exec: async () => Duplex.from([]),
  };
  return engine;
}

async function* follow(
  followers: Set<(event: ContainerEvent | undefined) => void>,
  signal: AbortSignal,
): AsyncIterable<ContainerEvent> {
  const queue: (ContainerEvent | undefined)[] = [];
  let wake = () => {};
  const follower = (event: ContainerEvent | undefined) => {
    queue.push(event);
    wake();
  };
  followers.add(follower);
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
