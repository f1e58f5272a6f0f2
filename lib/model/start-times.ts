import { describeMs, toDuration } from "../core/duration.ts";
import type { ServiceStatus } from "./status.ts";

/** How long a service took, as people read it. Times count from its container's start. */
export interface StartTimes {
  /** Until the engine's own health check passed: "2.1s"; "none" where there is no check, "later" where it has not passed yet, "unhealthy" where it fails, empty where that was too long ago to be known. */
  readonly engineHealthy: string;
  /** Until every probe had passed: "2.9s"; "again in 0.1s" of a container that was there already. Empty while it is not ready. */
  readonly ready: string;
  /** How much of its budget that was: "2% of 270s". Empty while it is not ready. */
  readonly budget: string;
  /** From engine-healthy to ready: what a container health check would have let through. Empty where either is not known. */
  readonly gap: string;
}

export function startTimes(status: ServiceStatus): StartTimes {
  const { startedMs, healthyMs, readyMs, readyAfterMs, budgetMs, hasHealthcheck, health, provenAgain } =
    status;
  const healthyAfter =
    healthyMs === undefined || startedMs === undefined ? undefined : Math.max(0, healthyMs - startedMs);
  const gap =
    provenAgain || healthyMs === undefined || readyMs === undefined ? undefined : readyMs - healthyMs;
  return {
    engineHealthy:
      health === "unhealthy"
        ? "unhealthy"
        : healthyAfter !== undefined
          ? describeMs(healthyAfter)
          : !hasHealthcheck
            ? "none"
            : provenAgain
              ? ""
              : "later",
    ready: readyAfterMs === undefined ? "" : `${provenAgain ? "again in " : ""}${describeMs(readyAfterMs)}`,
    budget:
      readyAfterMs === undefined
        ? ""
        : `${Math.ceil((100 * readyAfterMs) / budgetMs)}% of ${toDuration(budgetMs)}`,
    // The engine asks at intervals: it may learn later than the gate that a service is well.
    gap: gap === undefined ? "" : gap < 0 ? `-${describeMs(-gap)}` : describeMs(gap),
  };
}
