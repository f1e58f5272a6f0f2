import type { Params } from "../../model/control.ts";
import type { Staleness, StaleReason } from "../../model/control-answers.ts";
import type { Wanted } from "../../supervision/service-record.ts";
import { isImpairedByIgnored } from "../../supervision/dependencies.ts";
import { isApplied, isReadyAs } from "../../supervision/service-record.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** Whether services are still ready as they were applied, by looking at the platform now. */
export async function staleness(
  supervisor: Supervisor,
  { services: wanted }: Params<"staleness">,
): Promise<Staleness> {
  if (supervisor.records().size === 0)
    return {
      reason: {
        kind: "forgotten",
        text: "the coordinator knows no service: what it had kept on its volume is gone",
      },
    };
  const reasons = await Promise.all(
    Object.entries(wanted).map(([service, own]) => staleReason(supervisor, service, own)),
  );
  return { reason: reasons.find((one) => one !== undefined) };
}

async function staleReason(
  supervisor: Supervisor,
  service: string,
  wanted: Wanted,
): Promise<StaleReason | undefined> {
  const known = supervisor.find(service);
  if (known === undefined) return { kind: "unknown", text: `the coordinator does not know ${service}` };
  if (!isApplied(known.actor.record(), wanted))
    return {
      kind: "unknown",
      text: `the coordinator knows another generation or readiness spec of ${service}`,
    };
  try {
    await supervisor.look(known.actor.record().desired.workload);
  } catch {
    return { kind: "unknown", text: `the container engine does not answer about ${service}` };
  }
  const record = known.actor.record();
  const { state, seen, act } = record;
  if (isReadyAs(record, wanted) || isImpairedByIgnored(supervisor.records(), record)) return undefined;
  if (seen === "gone") return { kind: "gone", text: `the container of ${service} is gone` };
  const runs = typeof seen === "object" && seen.running;
  const isLeft = state.name === "stopped" || state.name === "failed" || state.name === "givenUp";
  if (!runs && isLeft && act === undefined)
    return { kind: "ended", text: `${service} has ended: ${state.cause.text}` };
  return { kind: "unproven", text: `${service} is ${state.name}: ${state.cause.text}` };
}
