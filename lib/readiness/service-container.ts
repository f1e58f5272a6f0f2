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
}

/** What was last seen of a container. "unseen": the engine has not been asked yet. "gone": there is none. */
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

export function exitOf({ exitCode, outOfMemory, startError }: ContainerRun): Exit {
  return { code: exitCode, outOfMemory, startError };
}
