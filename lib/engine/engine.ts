import type { Duplex } from "node:stream";
import type { ContainerLimits } from "../core/container-limits.ts";
import type { CommandResult } from "./exec-command.ts";
import type { TakeLiveOutput } from "./live-output.ts";
import type { TakeOutput } from "./followed-output.ts";
import type { Output } from "./output.ts";

/** What the container engine knows of a container. Times are milliseconds since the epoch; undefined where it did not happen. */
export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly startedMs: number | undefined;
  readonly finishedMs: number | undefined;
  readonly running: boolean;
  readonly paused: boolean;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** The engine's own health check: undefined where the container has none. */
  readonly health: "starting" | "healthy" | "unhealthy" | undefined;
  /** When a health check passed for the first time since the container started, as far as the engine remembers. */
  readonly healthyMs: number | undefined;
  /** What the last health check has written; empty where there was none or it wrote nothing. */
  readonly healthOutput: string;
  /** Why the engine could not start it: "port is already allocated". Empty otherwise. */
  readonly startError: string;
  /** The signal that asks it to end: 15, SIGTERM, unless its image has another. */
  readonly stopSignal: number;
  /** Its limits that `docker update` changes while it runs. */
  readonly limits: ContainerLimits;
  /** The settings that were given to it with `docker update`, and that phasegate never gives, in words. */
  readonly altered: readonly string[];
}

/** A container as a list shows it: what the engine says of many at once, without being asked for each. */
export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  /** The reference that it was created from; the id where that has moved to another image since. */
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  /** In the engine's words: created, running, paused, restarting, removing, exited, dead. */
  readonly status: string;
  /** The engine's own health check: undefined where the container has none, or does not run. */
  readonly health: "starting" | "healthy" | "unhealthy" | undefined;
  /** By the name of each network that it is on, the id of its place there: another one in each run. */
  readonly networks: Readonly<Record<string, string>>;
}

/** What a container was created from. The values of its environment may be secret: not to be kept or shown. */
export interface ContainerOrigin {
  /** The image's reference. */
  readonly image: string;
  readonly imageId: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Something that happened to a container. */
export interface ContainerEvent {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `kill` and `stop` tell an operator's hand from a crash, which is a `die` alone. `destroy` is its removal. */
  readonly action:
    | "create"
    | "start"
    | "die"
    | "kill"
    | "stop"
    | "oom"
    | "pause"
    | "unpause"
    | "update"
    | "destroy"
    | "healthy"
    | "unhealthy";
  readonly atMs: number;
  /** With `die`. */
  readonly exitCode: number | undefined;
  /** With `kill`: the signal that was sent. */
  readonly signal: number | undefined;
}

/** A container for one command. */
export interface OneRun {
  readonly image: string;
  readonly command: readonly string[];
  readonly networks: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The container engine, as far as phasegate uses it. Every call throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE when it does
 * not answer. Where a call takes a signal it ends when that aborts, whatever the engine does, and throws the same; what the
 * engine has begun to do by then it may go on with.
 */
export interface Engine {
  /** A container by id or name; undefined when there is none. */
  inspect(id: string, signal?: AbortSignal): Promise<ContainerState | undefined>;
  /** What a container was created from; undefined when there is none. */
  origin(id: string): Promise<ContainerOrigin | undefined>;
  /** The containers, running or not, that carry all these labels, with any value where none is given. */
  list(labels: Readonly<Record<string, string | undefined>>): Promise<readonly ContainerState[]>;
  /** As {@link list}, in one call. */
  summaries(
    labels: Readonly<Record<string, string | undefined>>,
    signal?: AbortSignal,
  ): Promise<readonly ContainerSummary[]>;
  /** Starts a container that does not run; does nothing for one that does. */
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Changes limits of a container, running or not. A limit of CPUs can be changed, and not be taken away. */
  setLimits(id: string, limits: { readonly cpus?: number; readonly pids?: number | "none" }): Promise<void>;
  /** Its stop signal, `graceMs` in whole seconds, SIGKILL; does nothing for a container that does not run, or is not there. */
  stop(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** The last lines that a container has written to stdout and stderr, oldest first. */
  logs(id: string, tail: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** The lines that a container has written since an instant, from the first on, up to 4 MiB. */
  outputSince(id: string, sinceMs: number, signal: AbortSignal): Promise<Output>;
  /**
   * Hands over the lines that a container has written since an instant, and those that it goes on to write, as they come. Resolves
   * when the container's current run has ended, or the engine goes away; rejects when the signal aborts.
   */
  followOutput(id: string, sinceMs: number, take: TakeOutput, signal: AbortSignal): Promise<void>;
  /**
   * Hands over what a container writes from now on, as it comes: also a line that has no end yet, which the engine
   * keeps back from the log until it has one. Resolves when the container's current run, or its next, has ended, or
   * the signal aborts.
   */
  liveOutput(id: string, take: TakeLiveOutput, signal: AbortSignal): Promise<void>;
  /**
   * Runs a command in a running container to its end. When the signal aborts, what it has started there is
   * killed, and then the call rejects: with the signal's reason, or another error where something may still run.
   */
  run(id: string, command: readonly string[], signal: AbortSignal): Promise<CommandResult>;
  /**
   * What happens to the containers with these labels until the signal aborts; ends when the engine goes away. From an instant
   * on where given, without a gap between what was and what comes; else from now on. The engine remembers its last 256 events of
   * any kind, three for each command that is run in a container among them, and none from before its own start. `onOpen` is called
   * once nothing can happen any more that is not told of.
   */
  events(
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
    sinceMs?: number,
    onOpen?: () => void,
  ): AsyncIterable<ContainerEvent>;
  /** What has happened to the containers with these labels between two instants, as far as the engine remembers. */
  pastEvents(
    labels: Readonly<Record<string, string>>,
    between: { readonly sinceMs: number; readonly untilMs: number },
    signal: AbortSignal,
  ): Promise<readonly ContainerEvent[]>;
  /**
   * Runs a command in a container of its own, which is nobody and may write nothing, on these networks. Its stdin
   * and stdout are one stream; it is removed when it has ended, and ends when its stdin does.
   */
  runOnce(run: OneRun): Promise<Duplex>;
  /** Runs a command in a container, its stdin and stdout as one stream. The stream ends when the command does. */
  exec(id: string, command: readonly string[]): Promise<Duplex>;
}
