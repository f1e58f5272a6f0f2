import type { ContainerLimits } from "../core/container-limits.ts";

/** What the container engine knows of a service's container, as far as readiness asks. Times are milliseconds since the epoch. */
export interface ContainerRun {
  readonly name: string;
  readonly createdMs: number;
  readonly startedMs: number | undefined;
  readonly running: boolean;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** The engine's own health check: undefined where the container has none. */
  readonly health: "starting" | "healthy" | "unhealthy" | undefined;
  readonly healthyMs: number | undefined;
  /** Why the engine could not start it. Empty otherwise. */
  readonly startError: string;
  /** Its limits that can change while it runs. */
  readonly limits?: ContainerLimits;
  /** The settings that somebody else has given it, in words: "the restart policy always". */
  readonly altered: readonly string[];
}

/** What was last seen of a container. "unseen": the engine has not answered yet. "gone": there is none. */
export type Sighting = ContainerRun | "unseen" | "gone";

/** A service's container. The engine's side of it lives with the coordinator. */
export interface ServiceContainer {
  latest(): Sighting;
  /** Starts it, and returns when `latest` shows what came of it. @throws Error when the engine refuses. */
  start(): Promise<void>;
  /** SIGTERM, `graceMs`, SIGKILL, start; returns when `latest` shows what came of it. @throws Error when the engine refuses. */
  restart(graceMs: number): Promise<void>;
  /** Its last lines, secrets taken out; none when the engine has none. */
  logs(tail: number): Promise<readonly string[]>;
}

/** How a container ended. */
export interface Exit {
  readonly code: number;
  readonly outOfMemory: boolean;
  /** Why the engine could not start it. Empty otherwise. */
  readonly startError: string;
}

/**
 * Whether a container that ended so may end otherwise when it is started again. 126 and 127 are a shell's and the
 * engine's own codes for a command that cannot be executed, or is not there: it will not be there the next time either.
 */
export function restartMayHeal({ code }: Exit): boolean {
  return code !== 126 && code !== 127;
}

export function exitOf({ exitCode, outOfMemory, startError }: ContainerRun): Exit {
  return { code: exitCode, outOfMemory, startError };
}
