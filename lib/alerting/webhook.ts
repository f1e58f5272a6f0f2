/** Alerts as a generic webhook gets them: JSON by POST, signed as https://www.standardwebhooks.com says. */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Alert, Notification } from "../model/alert.ts";
import type { AlertedStack } from "./alert-text.ts";
import { commandOf, headlineOf } from "./alert-text.ts";
import { testText } from "./alertmanager.ts";

const instant = z.iso.datetime();

const alertSchema = z
  .object({
    id: z.string().meta({ description: "Names the alert: the same in all its messages, and in no other's." }),
    number: z.int().meta({ description: 'As "phasegate alerts" shows it.' }),
    kind: z.enum(["incident", "gate", "deployment"]),
    severity: z
      .enum(["warning", "critical"])
      .meta({ description: "critical: nothing more is done about it by itself." }),
    summary: z.string().meta({ description: "What is the matter, in one line." }),
    service: z.string().optional().meta({ description: "The service that is the cause." }),
    phase: z.string().optional().meta({ description: "The phase whose gate did not open." }),
    cause: z.object({ kind: z.string(), text: z.string() }),
    began: instant.meta({ description: "When its cause came first." }),
    ended: instant.optional().meta({ description: "Since when its cause is gone." }),
    times: z.int().min(1).meta({ description: "How often its cause has come." }),
    services: z
      .record(z.string(), z.string())
      .meta({ description: "All services that it has reached, and the state of each." }),
    steps: z
      .array(
        z.object({
          service: z.string(),
          action: z.enum(["restart", "revalidate"]),
          because: z.string(),
          began: instant,
          tookMs: z.number().optional(),
          result: z.enum(["ready", "failed"]).optional(),
        }),
      )
      .meta({ description: "What was done about it." }),
    command: z.string().meta({ description: "The command that looks closer." }),
  })
  .meta({ description: "The alert as it was then; absent from a test." });

/** A message. Fields may be added in the same version; receivers leave out what they do not know. */
export const webhookSchema = z
  .object({
    version: z.literal(1),
    id: z.string().meta({ description: "The same each time that this message is sent." }),
    status: z.enum(["firing", "resolved", "test"]),
    declaration: z.string(),
    stack: z.string(),
    environment: z.string(),
    text: z.string(),
    alert: alertSchema.optional(),
  })
  .meta({ title: "A message of phasegate's webhook" });
export type WebhookMessage = z.infer<typeof webhookSchema>;

/** A notification as a message. */
export function webhookMessage({ id, status, alert }: Notification, stack: AlertedStack): WebhookMessage {
  const { declaration, stack: name, environment } = stack;
  const summary = headlineOf(alert);
  const text = `${declaration} (${name}): ${status === "resolved" ? "resolved: " : ""}${summary}`;
  return {
    ...{ version: 1, id, status, declaration, stack: name, environment, text },
    alert: alertOf(alert, summary, stack),
  };
}

function alertOf(alert: Alert, summary: string, stack: AlertedStack): WebhookMessage["alert"] {
  const { id, number, kind, severity, service, phase, cause, beganMs, quietSinceMs, times } = alert;
  return {
    ...{ id, number, kind, severity, summary },
    ...(service !== undefined && { service }),
    ...(phase !== undefined && { phase }),
    cause: { kind: cause.kind, text: cause.text },
    began: isoText(beganMs),
    ...(quietSinceMs !== undefined && { ended: isoText(quietSinceMs) }),
    times,
    services: alert.services,
    steps: alert.steps.map(({ service: of, action, because, beganMs: stepMs, tookMs, result }) => ({
      ...{ service: of, action, because, began: isoText(stepMs) },
      ...(tookMs !== undefined && { tookMs }),
      ...(result !== undefined && { result }),
    })),
    command: commandOf(alert, stack),
  };
}

/** A message that says that a sink is reached. */
export function webhookTest(id: string, stack: AlertedStack): WebhookMessage {
  const { declaration, stack: name, environment } = stack;
  return { version: 1, id, status: "test", declaration, stack: name, environment, text: testText(stack) };
}

/** The headers that a receiver checks: by them nobody else can send, and nothing that was sent is of use later. */
export function signatureHeaders(
  key: string,
  { id, body, atMs }: { readonly id: string; readonly body: string; readonly atMs: number },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac("sha256", keyBytes(key)).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

/** A key as the standard writes it, or any other text as it is. */
function keyBytes(key: string): Buffer {
  return key.startsWith("whsec_") ? Buffer.from(key.slice("whsec_".length), "base64") : Buffer.from(key);
}

function isoText(ms: number): string {
  return new Date(ms).toISOString();
}
