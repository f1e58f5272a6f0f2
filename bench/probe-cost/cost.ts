import { setTimeout as sleep } from "node:timers/promises";
import { processorTime } from "../process-cost.ts";
import { engineAccount, usedBetween } from "./engine-processes.ts";

/** The processor time that was used in a while. Milliseconds. */
export interface Spent {
  readonly forMs: number;
  readonly coordinatorMs: number;
  /** By the engine and what it runs in containers. */
  readonly engineMs: number;
}

/** Of one attempt, or of one check. Milliseconds of processor time. */
export interface Cost {
  readonly coordinatorMs: number;
  readonly engineMs: number;
}

/** @param coordinator the process; undefined: there is none */
export async function spentFor(
  forMs: number,
  coordinator: number | undefined,
  signal: AbortSignal,
): Promise<Spent> {
  const own = () => (coordinator === undefined ? 0 : processorTime(coordinator).ownMs);
  const [engineBefore, ownBefore, began] = [engineAccount(), own(), performance.now()];
  await sleep(forMs, undefined, { signal });
  const [ownAfter, engineAfter, ended] = [own(), engineAccount(), performance.now()];
  return {
    forMs: ended - began,
    coordinatorMs: ownAfter - ownBefore,
    engineMs: usedBetween(engineBefore, engineAfter),
  };
}

/** What each of so many has cost, over what the idle ones have used in as long a time. Never less than nothing. */
export function costOfEach(spent: Spent, idle: Spent, count: number): Cost {
  const of = (what: "coordinatorMs" | "engineMs") =>
    Math.max(0, (spent[what] - idle[what] * (spent.forMs / idle.forMs)) / count);
  return { coordinatorMs: of("coordinatorMs"), engineMs: of("engineMs") };
}

export const inAll = ({ coordinatorMs, engineMs }: Cost): number => coordinatorMs + engineMs;
