import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { systemClock } from "../core/clock.ts";
import { errorText, PhasegateError } from "../core/errors.ts";
import { visibleText } from "../core/outside-text.ts";
import type { ContainerState, Engine } from "../engine/engine.ts";
import type { Method, Params } from "../model/control.ts";
import type { Events, Response, Results } from "../model/control-answers.ts";
import { upCommand } from "../model/stack-command.ts";
import { controlProtocol } from "../model/control.ts";

/** A connection to a stack's coordinator. Many calls may be under way at once. */
export interface ControlClient {
  /**
   * Asks the coordinator.
   * @throws PhasegateError with the coordinator's own code, or PHASEGATE_COORDINATOR_UNREACHABLE when the connection ends.
   */
  call<M extends Method>(
    method: M,
    params: Params<M>,
    onEvent?: (event: Events[M]) => void,
  ): Promise<Results[M]>;
  close(): void;
}

/**
 * The command, inside the coordinator's container, that joins its stdin and stdout to the control socket. It waits for a coordinator that
 * has just been started: a process for each look would cost more than a start has to spare.
 * @param withinMs how long it waits, in milliseconds
 */
const relay = (withinMs: number) => ["node", "/app/main.mjs", "relay", String(Math.ceil(withinMs))];

/**
 * A coordinator that has something to do says so, or answers a "hello" in milliseconds. One that is silent for
 * this long is asked, and given up when it has not answered after as long again.
 */
const silenceMs = 10_000;

/** A coordinator that has just ended is started again by the engine at once. One that is still gone after this time keeps failing. */
const comesBackWithinMs = 2000;

export interface ConnectOptions {
  /**
   * How long the coordinator may take to be there, in milliseconds from now: its container may have been
   * created an instant ago. Default 30 000; 0 asks once.
   */
  readonly withinMs?: number;
  /** Whether its container is started where it is stopped. Default false: that it is stopped is an error then. */
  readonly start?: boolean;
  /** The stack, for the advice in errors. Default: as the container's label says. */
  readonly stack?: string | undefined;
  /** Called once when the connection has ended, whoever ended it. */
  readonly onEnd?: () => void;
}

/**
 * Connects to the coordinator in a container by a relay run with the engine's exec, and waits until it answers.
 * @throws PhasegateError PHASEGATE_COORDINATOR_UNREACHABLE
 */
export async function connectCoordinator(
  engine: Engine,
  container: string,
  { withinMs = 30_000, start = false, stack, onEnd = () => undefined }: ConnectOptions = {},
): Promise<ControlClient> {
  let began = performance.now();
  let started = false;
  for (let waitMs = 25; ; waitMs = Math.min(waitMs * 2, 500)) {
    try {
      const leftMs = Math.max(0, began + withinMs - performance.now());
      return await connectOnce(engine, container, { withinMs: leftMs, stack, onEnd });
    } catch (error) {
      const state = await engine.inspect(container);
      if (state === undefined)
        throw unreachable(
          `its container ${container.slice(0, 12)} is not on the engine. ${upCommand(stack)} creates it again.`,
          error,
        );
      const waitedMs = performance.now() - began;
      const ended = !state.running && state.finishedMs !== undefined;
      if (ended && start && !started) {
        await engine.start(container);
        started = true;
        began = performance.now();
        continue;
      }
      if (ended && waitedMs > Math.min(withinMs, comesBackWithinMs))
        throw await endedError(engine, state, { stack, started, cause: error });
      if (waitedMs >= withinMs)
        throw unreachable(
          `${errorText(error)} (within ${withinMs / 1000}s). See "docker logs ${state.name}".`,
          error,
        );
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Why a coordinator that has ended cannot be asked: somebody has stopped it, or it ends by itself whenever it is started. */
async function endedError(
  engine: Engine,
  { id, name, exitCode, labels }: ContainerState,
  { stack = labels["phasegate.stack"], started, cause }: EndedCircumstances,
): Promise<PhasegateError> {
  if (!started)
    return unreachable(
      `its container ${name} is stopped (exit code ${exitCode}). ${upCommand(stack)} starts it and proves the services again; "docker logs ${name}" shows what it has written.`,
      cause,
    );
  const lines = (await engine.logs(id, 5)).join("\n  ");
  return unreachable(
    `its container ${name} was started, and has exited with code ${exitCode}:\n  ${lines}\n"docker logs ${name}" shows its whole log.`,
    cause,
  );
}

interface EndedCircumstances {
  readonly stack: string | undefined;
  readonly started: boolean;
  readonly cause: unknown;
}

async function connectOnce(
  engine: Engine,
  container: string,
  { withinMs, stack, onEnd }: Required<Omit<ConnectOptions, "start">>,
): Promise<ControlClient> {
  const client = controlClient(await engine.exec(container, relay(withinMs)), { onEnd });
  try {
    const { protocol } = await client.call("hello", {});
    if (protocol === controlProtocol) return client;
    const known = stack ?? (await engine.inspect(container))?.labels["phasegate.stack"];
    throw unreachable(
      `it speaks version ${protocol} of the control protocol, this program ${controlProtocol}. ${upCommand(known)} replaces it.`,
    );
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A coordinator of an earlier version, and what it has kept, may hold texts as a container has written them. */
function visible(_key: string, value: unknown): unknown {
  return typeof value === "string" ? visibleText(value) : value;
}

/** The coordinator's message in a line; undefined where the line is none. */
function responseIn(line: string): Response | undefined {
  try {
    const message: unknown = JSON.parse(line, visible);
    return typeof message === "object" && message !== null && "id" in message
      ? (message as Response)
      : undefined;
  } catch {
    return undefined;
  }
}

function unreachable(why: string, cause?: unknown): PhasegateError {
  return new PhasegateError(
    "PHASEGATE_COORDINATOR_UNREACHABLE",
    `the coordinator cannot be reached: ${why}`,
    cause === undefined ? undefined : { cause },
  );
}

interface Waiting {
  readonly onEvent: ((event: never) => void) | undefined;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export interface ControlClientOptions {
  /** Called once when the connection has ended, whoever ended it. */
  readonly onEnd?: () => void;
  readonly clock?: Clock;
}

/** The protocol over a connected stream. */
export function controlClient(
  stream: Duplex,
  { onEnd = () => undefined, clock = systemClock }: ControlClientOptions = {},
): ControlClient {
  const waiting = new Map<number, Waiting>();
  const closed = new AbortController();
  let nextId = 1;
  let received = 0;
  let watching = false;
  let ended: PhasegateError | undefined;

  const end = (error: unknown) => {
    closed.abort();
    if (!ended) onEnd();
    ended ??=
      error instanceof PhasegateError
        ? error
        : unreachable(error === undefined ? "the connection ended" : errorText(error), error);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  stream.on("error", end);
  stream.on("close", () => end(undefined));

  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on("error", end);
  lines.on("close", () => end(undefined));
  lines.on("line", (line) => {
    received++;
    const response = responseIn(line);
    if (response === undefined) {
      // What cannot be run in a container that is just ending, the engine says in its place.
      end(unreachable(`it answers "${visibleText(line.slice(0, 200))}"`));
      stream.destroy();
      return;
    }
    const call = waiting.get(response.id);
    if (call === undefined) return;
    if ("event" in response) return call.onEvent?.(response.event as never);
    waiting.delete(response.id);
    if ("result" in response) call.resolve(response.result as never);
    else call.reject(new PhasegateError(response.error.code, response.error.message));
  });

  const send = (message: object) => stream.write(`${JSON.stringify(message)}\n`);
  /** Whether nothing at all arrives for a while. */
  const silent = async () => {
    const before = received;
    await clock.sleep(silenceMs, closed.signal);
    return received === before && waiting.size > 0 && !ended;
  };
  const watch = async () => {
    while (waiting.size > 0 && !ended) {
      if (!(await silent())) continue;
      send({ id: nextId++, method: "hello" });
      if (!(await silent())) continue;
      end(unreachable(`it has been silent for ${(2 * silenceMs) / 1000}s, and did not answer when asked`));
      stream.destroy();
    }
    watching = false;
  };

  return {
    call: (method, params, onEvent) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        const id = nextId++;
        waiting.set(id, { onEvent: onEvent, resolve: resolve, reject });
        send({ id, method, ...params });
        if (watching) return;
        watching = true;
        void watch();
      }),
    close: () => {
      closed.abort();
      lines.close();
      stream.destroy();
    },
  };
}
