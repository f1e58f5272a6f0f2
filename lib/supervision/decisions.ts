import type { Circumstances } from "./cascade-plan.ts";
import { neededGenerations, nextSteps, toAdopt, toFollow } from "./cascade-plan.ts";
import { answers, closedPhases, downOf, isExcused } from "./dependencies.ts";
import type { ServiceEvent } from "./service-event.ts";
import { inquiries } from "./symptoms.ts";
import type { Records, ServiceRecord } from "./service-record.ts";

/** What the supervisor says to a service. */
export interface Decision {
  readonly service: string;
  readonly event: ServiceEvent;
}

/**
 * What the services are to be sent because of each other, now. It is asked after every change, until there is nothing: what has been
 * sent is in the records, so nothing is sent twice.
 */
export function decisions(records: Records, circumstances: Circumstances): Decision[] {
  // There are as many changes as services when all of them start: each must cost little for each of them.
  const noted: Decision[] = [];
  const closed = closedPhases(records);
  for (const [service, record] of records) {
    const down = downOf(records, record, closed) ?? toFollow(records, record);
    const excused = isExcused(records, record);
    const needed = toAdopt(records, record);
    if (down?.text !== record.down?.text || excused !== record.excused)
      noted.push({ service, event: { type: "dependencies", down, excused } });
    if (needed !== undefined) noted.push({ service, event: { type: "adopt", needed } });
  }
  // What the services do about each other follows from what they know of each other.
  if (noted.length > 0) return noted;
  const asked: Decision[] = [];
  for (const entry of records) asked.push(...inquiries(records, entry));
  if (asked.length > 0) return asked;
  return nextSteps(records, circumstances).flatMap(({ service, action, cause }) => {
    const record = records.get(service);
    if (record === undefined) return [];
    const needed = neededGenerations(records, record.desired.needs);
    return [{ service, event: { type: "begin", action, cause, needed } as const }];
  });
}

/** Whether others may have to do something about a change: without one, there are no new decisions. */
export function matters(before: ServiceRecord, after: ServiceRecord): boolean {
  return (
    before.state !== after.state ||
    before.generation !== after.generation ||
    before.act !== after.act ||
    before.wanted !== after.wanted ||
    before.against !== after.against ||
    before.desired !== after.desired ||
    before.down !== after.down ||
    before.suspectedMs !== after.suspectedMs ||
    before.questionedMs !== after.questionedMs ||
    before.resumed !== after.resumed ||
    // What needs it in its own phase is started then.
    answers(before) !== answers(after) ||
    // Only then is it known whether there is anything to start.
    (before.seen === "unseen") !== (after.seen === "unseen")
  );
}

export { neededGenerations };
