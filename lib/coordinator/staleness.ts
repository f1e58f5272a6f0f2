import type { StaleReason, Params, Staleness } from "../model/control.ts";
import { staleReasonOf } from "../readiness/stale-reason.ts";
import type { Services } from "./services.ts";

/** Whether services that were proven still stand, by asking the engine now. */
export async function staleness(
  services: Services,
  { services: specHashes }: Params<"staleness">,
): Promise<Staleness> {
  const staleReasons = await Promise.all(
    Object.entries(specHashes).map(([service, specHash]) => staleReason(services, service, specHash)),
  );
  return { reason: staleReasons.find((one) => one !== undefined) };
}

async function staleReason(
  services: Services,
  service: string,
  specHash: string,
): Promise<StaleReason | undefined> {
  const entry = services.find(service);
  if (services.statuses().length === 0)
    return {
      kind: "forgotten",
      text: "the coordinator was started again, and has forgotten what it had proven",
    };
  if (entry === undefined) return { kind: "unknown", text: `the coordinator does not know ${service}` };
  const { subject, state } = entry.tracker;
  if (subject.specHash !== specHash)
    return {
      kind: "unknown",
      text: `the coordinator knows another container or readiness spec of ${service}`,
    };
  try {
    const seen = await entry.container.look();
    return staleReasonOf(service, state(), seen, subject.spec.job);
  } catch {
    return { kind: "unknown", text: `the container engine does not answer about ${service}` };
  }
}
