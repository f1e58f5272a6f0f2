import type { StaleReason } from "../model/control.ts";
import type { ReadinessState } from "./readiness-state.ts";
import type { Sighting } from "./service-container.ts";

/** Why a service that was proven cannot be taken for ready now; undefined when it can. */
export function staleReasonOf(
  service: string,
  state: ReadinessState,
  sighting: Sighting,
  job: boolean,
): StaleReason | undefined {
  const ended: StaleReason = { kind: "ended", text: `${service} has ended since it was ready` };
  const restarted: StaleReason = {
    kind: "restarted",
    text: `${service} was started again since it was ready`,
  };
  if (state.state !== "ready" && state.state !== "stopped")
    return { kind: "unproven", text: `${service} is ${state.state}` };
  if (sighting === "gone") return { kind: "gone", text: `the container of ${service} is gone` };
  const runs = sighting !== "unseen" && sighting.running;
  if (state.state === "stopped") return runs ? restarted : ended;
  if (sighting === "unseen") return undefined;
  if (!runs && !job) return ended;
  if (sighting.startedMs !== state.startedMs) return restarted;
  return undefined;
}
