/**
 * Whose fault it is that probes of a service fail. Its own probes cannot say: a dependent notices what is wrong with a service that
 * it needs as soon as that service's own probes do, and often before they have failed often enough.
 */
import type { ServiceEvent } from "./service-event.ts";
import type { Records, ServiceRecord } from "./service-record.ts";

/** Whether every probe has passed in an attempt that began after an instant, and none has failed since. */
export function hasWorkedSince({ probes }: Pick<ServiceRecord, "probes">, sinceMs: number): boolean {
  return probes.every(({ failures, passBeganMs = -Infinity }) => failures === 0 && passBeganMs >= sinceMs);
}

/**
 * What is said about a service that is suspected, now: that the failure is its own, once all that it needs has worked since, at any
 * distance; until then, to each that has not, that it is asked. What fails meanwhile makes its dependents degraded, and ends the
 * suspicion.
 */
export function inquiries(
  records: Records,
  [service, record]: readonly [string, ServiceRecord],
): { readonly service: string; readonly event: ServiceEvent }[] {
  const { suspectedMs: sinceMs, down } = record;
  if (sinceMs === undefined || down !== undefined) return [];
  const open = [...neededBy(records, record)].filter(([, needed]) => !hasWorkedSince(needed, sinceMs));
  if (open.length === 0) return [{ service, event: { type: "blamed" } }];
  return open.flatMap(([name, { questionedMs = -Infinity }]) =>
    questionedMs >= sinceMs ? [] : [{ service: name, event: { type: "questioned", sinceMs } as const }],
  );
}

/** The services that one needs, at any distance, as far as they are probed at all: a job that has ended is not. */
function neededBy(records: Records, { desired }: ServiceRecord): ReadonlyMap<string, ServiceRecord> {
  const found = new Map<string, ServiceRecord>();
  const waiting = Object.keys(desired.needs);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const needed = records.get(name);
    if (needed === undefined || found.has(name)) continue;
    found.set(name, needed);
    waiting.push(...Object.keys(needed.desired.needs));
  }
  return new Map([...found].filter(([, needed]) => !needed.desired.readiness.job));
}
