import { backoffMs } from "../core/backoff.ts";
import type { Clock, Random } from "../core/clock.ts";
import { errorText } from "../core/errors.ts";
import type { ContainerState, Engine } from "../engine/engine.ts";
import type { ServiceContainer, Sighting } from "../readiness/service-container.ts";
import type { Log } from "./log.ts";

/** A service's container, kept up to date by looking at the engine whenever something is said to have happened. */
export interface WatchedContainer extends ServiceContainer {
  /** Asks the engine now. @throws PhasegateError when the engine does not answer. */
  look(): Promise<ContainerState | "gone">;
  /** Looks again, as often as it takes for the engine to answer. Several at the same time become one. */
  refresh(): void;
}

export interface WatchOptions {
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends all looking. */
  readonly signal: AbortSignal;
  /** Called when what was seen is not what was seen before. */
  readonly onChange: () => void;
}

const patience = { initialMs: 100, multiplier: 2, maxMs: 5000, jitter: 0.2 };

export function watchedContainer(
  engine: Engine,
  id: string,
  { redact, clock, random, log, signal, onChange }: WatchOptions,
): WatchedContainer {
  let latest: Sighting = "unseen";
  let looking = false;
  let again = false;

  const look = async (): Promise<ContainerState | "gone"> => {
    const state = await engine.inspect(id);
    const before = latest;
    const seen =
      state === undefined
        ? "gone"
        : withRememberedHealth({ ...state, startError: redact(state.startError) }, before);
    latest = seen;
    if (differs(before, seen) && !signal.aborted) onChange();
    return seen;
  };

  const lookUntilSeen = async (): Promise<void> => {
    for (let n = 0; !signal.aborted; n++) {
      try {
        await look();
        return;
      } catch (error) {
        log("engine-silent", { container: id, error: redact(errorText(error)) });
        await clock.sleep(backoffMs(patience, n, random), signal);
      }
    }
  };

  const acted = async (act: Promise<void>): Promise<void> => {
    try {
      await act;
    } catch (error) {
      throw new Error(redact(errorText(error)), { cause: error });
    } finally {
      await lookUntilSeen();
    }
  };

  return {
    latest: () => latest,
    look,
    refresh: () => {
      again = true;
      if (looking) return;
      looking = true;
      void (async () => {
        while (again) {
          again = false;
          await lookUntilSeen();
        }
        looking = false;
      })();
    },
    start: () => acted(engine.start(id)),
    restart: (graceMs) => acted(engine.restart(id, graceMs)),
    logs: async (tail) => (await engine.logs(id, tail)).map(redact),
  };
}

/** The engine forgets its first health check after a few more; here it is remembered for as long as the container runs on. */
function withRememberedHealth<S extends Exclude<Sighting, string>>(seen: S, before: Sighting): S {
  if (typeof before === "string" || before.startedMs !== seen.startedMs || before.healthyMs === undefined)
    return seen;
  return { ...seen, healthyMs: before.healthyMs };
}

function differs(before: Sighting, after: Sighting): boolean {
  if (typeof before === "string" || typeof after === "string") return before !== after;
  return (["startedMs", "running", "exitCode", "health", "healthyMs", "startError"] as const).some(
    (key) => before[key] !== after[key],
  );
}
