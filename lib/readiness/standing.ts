import type { ProvingState } from "./proving-state.ts";
import type { Sighting } from "./service-container.ts";

/** Why a service that was proven cannot be taken for ready now; undefined when it can. */
export function doubtOf(
  service: string,
  state: ProvingState,
  sighting: Sighting,
  job: boolean,
): string | undefined {
  if (state.state !== "ready")
    return state.state === "stopped"
      ? `${service} has ended since it was ready`
      : `${service} is ${state.state}`;
  if (sighting === "unseen") return undefined;
  if (sighting === "gone") return `the container of ${service} is gone`;
  if (sighting.startedMs !== state.startedMs) return `${service} was started again since it was ready`;
  if (!sighting.running && !job) return `${service} has ended since it was ready`;
  return undefined;
}
