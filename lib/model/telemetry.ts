/** What a coordinator offers to monitoring systems: what a declaration says of it, and what a plan has. */
import { z } from "zod";
import type { SecretRef } from "./text.ts";
import { secretNameSchema } from "./text.ts";

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
