import { digestPercentile } from "../../history/latency-digest.ts";
import type { History } from "../../history/history.ts";
import type { LatencyBucket } from "../../history/stored-latencies.ts";
import { keptLatencies, sumOf } from "../../history/stored-latencies.ts";
import type { Params } from "../../model/control.ts";
import type { Latencies, ProbeLatency } from "../../model/latencies.ts";
import { latencyParts, mostAttempts } from "../../model/latencies.ts";

/** A service, and the names of its probes. */
export interface ProbedService {
  readonly service: string;
  readonly probes: readonly string[];
}

/**
 * How long attempts of these services' probes took from then until now: by the minute where minutes are kept for so long, by the hour where not.
 * @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE
 */
export function latenciesAnswer(
  { figures: { latencies } }: Pick<History, "figures">,
  { sinceMs: wantedMs, attempts }: Omit<Params<"latencies">, "service">,
  services: readonly ProbedService[],
  untilMs: number,
): Latencies {
  const sinceMs = Math.min(wantedMs, untilMs);
  const read = untilMs - sinceMs <= keptLatencies.minutes.forMs ? latencies.minutes : latencies.hours;
  return {
    ...{ sinceMs, untilMs },
    probes: services.flatMap(({ service: of, probes }) =>
      probes.map((probe) => {
        const query = { service: of, probe, sinceMs, untilMs };
        const buckets = read(query);
        return {
          ...{ service: of, probe, ...summary(buckets), course: course(buckets, sinceMs, untilMs) },
          ...(attempts && { attempts: latencies.attempts(query).slice(-mostAttempts) }),
        };
      }),
    ),
  };
}

function summary(buckets: readonly LatencyBucket[]): Omit<ProbeLatency, "service" | "probe" | "course"> {
  const { passed, failed, unknown, maxMs, digest } = sumOf(buckets);
  const of = (percent: number) => (passed === 0 ? null : Math.min(maxMs, digestPercentile(digest, percent)));
  return {
    ...{ passed, failed, unknown },
    ...{ p50Ms: of(50), p95Ms: of(95), p99Ms: of(99), maxMs: passed === 0 ? null : maxMs },
  };
}

function course(buckets: readonly LatencyBucket[], sinceMs: number, untilMs: number): (number | null)[] {
  const partMs = Math.max(1, untilMs - sinceMs) / latencyParts;
  // A bucket that has begun before the time belongs to its first part.
  const byPart = Map.groupBy(buckets, ({ fromMs }) =>
    Math.min(latencyParts - 1, Math.max(0, Math.floor((fromMs - sinceMs) / partMs))),
  );
  return Array.from({ length: latencyParts }, (_, part) => summary(byPart.get(part) ?? []).p95Ms);
}
