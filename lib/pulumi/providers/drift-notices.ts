import type { DriftReport } from "../../model/control-answers.ts";
import type { StackPlace } from "./coordinator-container.ts";
import { coordinatorContainer } from "./coordinator-container.ts";
import { coordinatorAsItIs } from "./coordinators.ts";
import { rowNotice } from "./row-progress.ts";

interface DriftPlace extends StackPlace {
  /** The row that the notices are on. */
  readonly row: string;
}

let told: Promise<void> = Promise.resolve();

/**
 * Begins to tell what else somebody has changed on the engine, as the coordinator says; what is gone, `up` finds itself. It takes a
 * tenth of a second to connect to the coordinator: Pulumi goes on meanwhile, and {@link driftTold} is what waits.
 */
export function tellDrift(place: DriftPlace): void {
  told = tell(place);
}

/** When all is told that was to be told. Gates wait for it: what is said after the last of them, a preview may not hear. */
export const driftTold = (): Promise<void> => told;

async function tell(place: DriftPlace): Promise<void> {
  for (const { text, command } of await driftOf(place))
    rowNotice(place.row)(`${text}. "${command}" fixes it.`);
}

/** Where the coordinator does not answer, the services say what is the matter with it. */
async function driftOf(place: DriftPlace): Promise<readonly DriftReport[]> {
  try {
    const container = await coordinatorContainer(place);
    if (container?.running !== true) return [];
    const client = await coordinatorAsItIs({ ...place, coordinator: container.id });
    return (await client.call("status", {})).drift.filter(({ kind }) => kind !== "gone");
  } catch {
    return [];
  }
}
