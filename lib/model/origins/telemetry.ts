import type { Origin, Place, Rule } from "./origin.ts";
import { byDefault, declared, profiled, rule, samePlace } from "./origin.ts";

/** Of alerts, metrics and traces. */
export const telemetryRules: readonly Rule[] = [
  rule("alerting.sinks.*.**", sinkOrigins),
  rule("alerting.**", samePlace),
  rule("metrics.published.ip", () => [byDefault("published.ip")]),
  rule("metrics.published.containerPort", () => [byDefault("published.containerPort")]),
  rule("metrics.published.port", () => [declared("metrics", "publish"), profiled("portBase")]),
  rule("metrics.published", () => [declared("metrics", "publish")]),
  rule("metrics.**", samePlace),
  rule("tracing.**", () => [profiled("otlpEndpoint")]),
];

/** A sink stands in a list in the declaration, and under its name in a plan. */
export function sinkOrigins({
  declaration: { alerting },
  names: [name],
}: Pick<Place, "declaration" | "names">): Origin[] {
  const sinks = alerting?.sinks ?? [];
  const own = name === undefined ? sinks : sinks.filter((sink) => (sink.name ?? sink.kind) === name);
  const chosen = own.some(({ environments }) => environments !== undefined);
  return [declared("alerting", "sinks"), ...(chosen ? [profiled("environment")] : [])];
}
