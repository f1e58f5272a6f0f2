import type { Doubt } from "../model/control.ts";
import type { ProvingState } from "./proving-state.ts";
import type { Sighting } from "./service-container.ts";

/** Why a service that was proven cannot be taken for ready now; undefined when it can. */
export function doubtOf(
  service: string,
  state: ProvingState,
  sighting: Sighting,
  job: boolean,
): Doubt | undefined {
  const fell = (text: string): Doubt => ({ kind: "fell", text });
  if (state.state === "stopped") return fell(`${service} has ended since it was ready`);
  if (state.state !== "ready") return { kind: "unproven", text: `${service} is ${state.state}` };
  if (sighting === "unseen") return undefined;
  if (sighting === "gone") return fell(`the container of ${service} is gone`);
  if (sighting.startedMs !== state.startedMs) return fell(`${service} was started again since it was ready`);
  if (!sighting.running && !job) return fell(`${service} has ended since it was ready`);
  return undefined;
}
