import { alignColumns, alignedRows } from "../core/columns.ts";
import { describeLongMs, describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import type { Latencies, ProbeLatency } from "../model/latencies.ts";

/** What latencies are as a table, a line a probe; each attempt after it, where there are any. */
export function latenciesText(of: string, { probes: all, sinceMs, untilMs }: Latencies): string {
  const since = `${of}, the last ${describeLongMs(untilMs - sinceMs)}`;
  // Most of the others are for a higher validation level.
  const probes = all.filter(({ passed, failed, unknown }) => passed + failed + unknown > 0);
  if (probes.length === 0) return `${since}: no attempt of a probe is known.`;
  const header = [
    "service",
    "probe",
    "passed",
    "failed",
    "unknown",
    "p50",
    "p95",
    "p99",
    "longest",
    "p95 over the time",
  ];
  const rows = probes.map((one) => [
    ...[one.service, one.probe, one.passed, one.failed, one.unknown].map(String),
    ...[one.p50Ms, one.p95Ms, one.p99Ms, one.maxMs].map(msText),
    courseText(one.course),
  ]);
  return [since, alignColumns([header, ...rows]), ...probes.flatMap(attemptLines)].join("\n");
}

function msText(ms: number | null): string {
  return ms === null ? "–" : describeMs(ms);
}

/** From the lowest to the highest: eight heights, as far apart as the values are. */
const heights = "▁▂▃▄▅▆▇█";

/** A bar for each part of the time, on a scale from zero to the highest; a space where nothing has passed. */
export function courseText(course: readonly (number | null)[]): string {
  const most = Math.max(...course.map((ms) => ms ?? 0));
  return course
    .map((ms) => {
      if (ms === null) return " ";
      const height = most === 0 ? 0 : Math.ceil((ms / most) * heights.length) - 1;
      return heights[Math.max(0, height)];
    })
    .join("")
    .trimEnd();
}

function attemptLines({ probe, attempts = [] }: ProbeLatency): string[] {
  if (attempts.length === 0) return [];
  return [
    "",
    `${probe}:`,
    ...alignedRows(
      attempts.map(({ atMs, status, tookMs }) => [`  ${instantText(atMs)}`, status, describeMs(tookMs)]),
    ),
  ];
}
