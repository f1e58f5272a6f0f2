/** What a coordinator offers to monitoring systems: what a declaration says of it, and what a plan has. */
import { z } from "zod";
import type { Sink, SinkPlan } from "./alerting.ts";
import { alertingPlanSchema } from "./alerting.ts";
import { environments } from "./environment.ts";
import type { SecretRef } from "./text.ts";
import { secretNameSchema, secretRefsIn } from "./text.ts";

/** An endpoint for Prometheus: `http://coordinator:9464/metrics` on the stack's networks. */
export interface Metrics {
  /** The bearer token that a scrape must send. Default: none, whoever reaches the endpoint may read it. */
  readonly token?: SecretRef;
  /** Publishes the endpoint on the loopback address too, at the environment's `portBase` plus this number. Default: not. */
  readonly publish?: number;
}

/** The port of the metrics, on the stack's networks. */
export const metricsPort = 9464;

/** The metrics endpoint in a plan. */
export const metricsPlanSchema = z.strictObject({
  token: secretNameSchema.optional(),
  published: z.strictObject({ ip: z.string(), port: z.int(), containerPort: z.int() }).optional(),
});
export type MetricsPlan = z.infer<typeof metricsPlanSchema>;

/** Where traces are sent, in a plan: the collector's root, as OTEL_EXPORTER_OTLP_ENDPOINT has it. */
export const tracingPlanSchema = z.strictObject({ endpoint: z.string() });
export type TracingPlan = z.infer<typeof tracingPlanSchema>;

/** What leaves a stack for those who watch it: as a coordinator is given it, beside the values of the secrets. */
export const telemetrySchema = z.strictObject({
  declaration: z.string(),
  environment: z.enum(environments),
  alerting: alertingPlanSchema.optional(),
  metrics: metricsPlanSchema.optional(),
  tracing: tracingPlanSchema.optional(),
});
export type Telemetry = z.infer<typeof telemetrySchema>;

/** The names of the secrets in it. */
export function secretsOfTelemetry({ alerting, metrics }: Pick<Telemetry, "alerting" | "metrics">): string[] {
  const refs = watchersSecrets(Object.values(alerting?.sinks ?? {}), metrics);
  return [...new Set(refs.map(({ secret }) => secret))];
}

/** The secrets of those who watch a stack, as they are declared or as a plan has them. */
export function watchersSecrets(
  sinks: readonly (Sink | SinkPlan)[],
  metrics: { readonly token?: SecretRef | undefined } | undefined,
): SecretRef[] {
  const ofSinks = sinks.flatMap((sink) => [
    ...(typeof sink.url === "object" && "secret" in sink.url ? [sink.url] : secretRefsIn(sink.url)),
    ...("token" in sink && sink.token ? [sink.token] : []),
    ...("signingKey" in sink ? [sink.signingKey] : []),
  ]);
  return metrics?.token ? [...ofSinks, metrics.token] : ofSinks;
}
