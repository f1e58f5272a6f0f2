/** How a stack's incidents reach people: what a declaration says of it, and what a plan has. */
import { z } from "zod";
import type { Duration } from "../core/duration.ts";
import { durationSchema } from "../core/duration.ts";
import type { Environment } from "./environment.ts";
import type { SecretRef, Text } from "./text.ts";
import { secretNameSchema, textSchema } from "./text.ts";

/** The kinds of sinks. */
export type SinkKind = Sink["kind"];

interface SinkOptions {
  /** What commands and messages call it. Default: its kind. */
  readonly name?: string;
  /** Where the sink's server is, with http or https. Make it, or a part of it, a secret where who knows it may send. */
  readonly url: Text | SecretRef;
  /** The environments whose alerts go there. Default: all of the declaration's. */
  readonly environments?: readonly Environment[];
}

/** Prometheus' Alertmanager, by its API version 2. `url` is its root: "http://alertmanager:9093". */
export interface AlertmanagerOptions extends SinkOptions {
  /** Sent as a bearer token. Default: none. */
  readonly token?: SecretRef;
}

/** Whatever takes JSON by POST. Each request is signed: see docs/alerting.md. */
export interface WebhookOptions extends SinkOptions {
  /** The key of the signature. */
  readonly signingKey: SecretRef;
}

/** An incoming webhook of Slack, or of what takes the same messages. */
export type SlackOptions = SinkOptions;

/** Where alerts are sent. Made by `alertmanager()`, `webhook()` and `slack()`. */
export type Sink =
  | ({ readonly kind: "alertmanager" } & AlertmanagerOptions)
  | ({ readonly kind: "webhook" } & WebhookOptions)
  | ({ readonly kind: "slack" } & SlackOptions);

/** Who is alerted, and when. */
export interface Alerting {
  readonly sinks: readonly Sink[];
  /** How long an incident may last before somebody is alerted: what heals within it alerts nobody. Default "30s". */
  readonly after?: Duration;
  /** After how long an alert that is still open is sent again. Default "4h". */
  readonly repeat?: Duration;
}

/** What alerting is where the declaration leaves it out. */
export const alertingDefaults = { after: "30s", repeat: "4h" } as const;

const sink = { url: textSchema };

/** A sink in a plan: its name is its key. */
export const sinkPlanSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("alertmanager"), ...sink, token: secretNameSchema.optional() }),
  z.strictObject({ kind: z.literal("webhook"), ...sink, signingKey: secretNameSchema }),
  z.strictObject({ kind: z.literal("slack"), ...sink }),
]);
export type SinkPlan = z.infer<typeof sinkPlanSchema>;

/** Alerting in a plan. */
export const alertingPlanSchema = z.strictObject({
  after: durationSchema,
  repeat: durationSchema,
  sinks: z.record(z.string(), sinkPlanSchema),
});
export type AlertingPlan = z.infer<typeof alertingPlanSchema>;
