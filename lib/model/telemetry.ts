/** What a coordinator offers to monitoring systems: what a declaration says of it, and what a plan has. */
import { z } from "zod";
import { alertingPlanSchema } from "./alerting.ts";
import { environments } from "./environment.ts";
import type { SecretRef } from "./text.ts";
import { secretNameSchema, secretsIn } from "./text.ts";

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
  const ofSinks = Object.values(alerting?.sinks ?? {}).flatMap((sink) => [
    ...secretsIn(sink.url),
    ...("token" in sink && sink.token ? [sink.token.secret] : []),
    ...("signingKey" in sink ? [sink.signingKey.secret] : []),
  ]);
  return [...new Set(metrics?.token ? [...ofSinks, metrics.token.secret] : ofSinks)];
}
