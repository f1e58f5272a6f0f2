import { StringDecoder } from "node:string_decoder";
import { backoffMs } from "../../core/backoff.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { errorText } from "../../core/errors.ts";
import { plainText } from "../../core/outside-text.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changeOrInstant, changes } from "../../readiness/changes.ts";
import type { Log } from "../log.ts";
import { enginePatience } from "./engine-patience.ts";
import { isRefusal } from "./is-refusal.ts";

/**
 * What containers have written of a line that has no end yet. The engine keeps a line back until it ends, so a prompt
 * ("ready> ") is in no log for as long as the container runs; who is attached gets it at once.
 */
export interface Listening {
  /**
   * The engine, with the lines that have no end yet at the end of each log. It starts a container that is listened to only when
   * nothing that it writes is missed.
   */
  readonly engine: Engine;
  /** Begins to listen to a container: to hear all of it, before it is started. Does nothing where it listens already. */
  listen(id: string): void;
  forget(id: string): void;
  /** The lines of a container that have no end yet: one of each of its streams at most. */
  unended(id: string): readonly string[];
  close(): void;
}

/** A line of this many characters is in the log in part already: the engine keeps no more back. */
const longestUnended = 16 * 1024;

/** A run that was listened to for this long has ended by itself; the next one may begin at any moment. */
const wholeRunMs = 1000;

/** A start waits no longer than this for the engine to attach: a service that runs unheard is better than one that does not run. */
const listensWithinMs = 5000;

/** What containers are listened to with. */
export interface ListeningDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

interface Listener {
  readonly stop: AbortController;
  readonly unended: UnendedLines;
  isAttached: boolean;
  /** Whether the engine has refused to attach since a start began to wait for it. */
  isRefused: boolean;
  /** One of these has changed, or a start has begun to wait. */
  readonly changed: Changes;
}

export function listening(engine: Engine, { clock, random, log }: ListeningDependencies): Listening {
  const listeners = new Map<string, Listener>();

  async function listenOn(id: string, own: Listener): Promise<void> {
    const { unended, changed } = own;
    const { signal } = own.stop;
    const attached = () => {
      own.isAttached = true;
      changed.notify();
    };
    for (let n = 0; !signal.aborted; n++) {
      const beganMs = clock.now();
      try {
        await engine.liveOutput(id, { attached, piece: unended.take }, signal);
      } catch (error) {
        if (!signal.aborted) log("not-listening", { container: id, error: errorText(error) });
        own.isRefused = isRefusal(error);
        changed.notify();
      }
      own.isAttached = false;
      // What a run that has ended has written is in the log, to its last character.
      unended.clear();
      if (clock.now() - beganMs >= wholeRunMs) n = -1;
      else await changeOrInstant(changed, clock, clock.now() + backoffMs(enginePatience, n, random), signal);
    }
  }

  /** Resolves when a container is listened to, or is not to be, or cannot be. */
  async function listened(id: string): Promise<void> {
    const own = listeners.get(id);
    if (own === undefined || own.isAttached) return;
    const { signal } = own.stop;
    const untilMs = clock.now() + listensWithinMs;
    // The next try may be seconds away.
    own.isRefused = false;
    own.changed.notify();
    while (!own.isAttached && !own.isRefused && clock.now() < untilMs && !signal.aborted)
      await changeOrInstant(own.changed, clock, untilMs, signal);
  }

  const unendedOf = (id: string) => listeners.get(id)?.unended.lines() ?? [];

  return {
    listen: (id) => {
      if (listeners.has(id)) return;
      const listener = {
        ...{ stop: new AbortController(), unended: unendedLines() },
        ...{ isAttached: false, isRefused: false, changed: changes() },
      };
      listeners.set(id, listener);
      void listenOn(id, listener);
    },
    forget: (id) => {
      listeners.get(id)?.stop.abort();
      listeners.delete(id);
    },
    unended: unendedOf,
    close: () => {
      for (const { stop } of listeners.values()) stop.abort();
      listeners.clear();
    },
    engine: {
      ...engine,
      start: async (id, signal) => {
        await listened(id);
        await engine.start(id, signal);
      },
      logs: async (id, tail) => [...(await engine.logs(id, tail)), ...unendedOf(id)].slice(-tail),
      outputSince: async (id, sinceMs, signal) => {
        const { lines, complete } = await engine.outputSince(id, sinceMs, signal);
        return { lines: complete ? [...lines, ...unendedOf(id)] : lines, complete };
      },
    },
  };
}

interface UnendedLines {
  take(stream: "stdout" | "stderr", piece: Buffer): void;
  clear(): void;
  /** What each stream has written since its last line ended, where that is anything. */
  lines(): readonly string[];
}

function unendedLines(): UnendedLines {
  const streams = { stdout: unendedLine(), stderr: unendedLine() };
  return {
    take: (name, piece) => {
      const stream = streams[name];
      const text = stream.text + stream.decoder.write(piece);
      // One character more than is kept shows that the line is too long, however much of it comes.
      stream.text = text.slice(text.lastIndexOf("\n") + 1).slice(0, longestUnended + 1);
    },
    clear: () => {
      for (const stream of Object.values(streams)) stream.text = "";
    },
    lines: () =>
      Object.values(streams).flatMap(({ text }) =>
        text === "" || text.length > longestUnended ? [] : [plainText(text.replace(/\r+$/, ""))],
      ),
  };
}

function unendedLine(): { readonly decoder: StringDecoder; text: string } {
  return { decoder: new StringDecoder("utf8"), text: "" };
}
