import type { Alert, Notification } from "../../../model/alert.ts";
import type { AlertingPlan, SinkPlan } from "../../../model/alerting.ts";
import { fillText } from "../../../model/text.ts";
import type { AlertedStack } from "../../../alerting/alert-text.ts";
import { alertmanagerAlerts, alertmanagerTest, openAlert } from "../../../alerting/alertmanager.ts";
import { slackMessage, slackTest } from "../../../alerting/slack.ts";
import { signatureHeaders, webhookMessage, webhookTest } from "../../../alerting/webhook.ts";

/** What was declared of alerting, as it is now. */
export interface AlertingSettings {
  /** Undefined: nobody is alerted. */
  readonly alerting?: AlertingPlan | undefined;
  /** The secrets that the sinks name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly declaration?: string | undefined;
  readonly stack: string | undefined;
  readonly environment?: string | undefined;
}

/** A request to a sink. Its URL and headers are nobody's to see. */
export interface SinkRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a sink is sent: a message, a test, or the alerts that it is to keep alive. */
export type Sendable =
  | { readonly kind: "notification"; readonly notification: Notification }
  | { readonly kind: "test"; readonly id: string }
  | { readonly kind: "alive"; readonly sink: string; readonly alerts: readonly Alert[] };

/** @throws Error when a secret of the sink has no value */
export function sinkRequest(
  sink: SinkPlan,
  what: Sendable,
  settings: AlertingSettings,
  nowMs: number,
): SinkRequest {
  const { secrets } = settings;
  const stack: AlertedStack = {
    declaration: settings.declaration ?? "",
    stack: settings.stack ?? "",
    environment: settings.environment ?? "",
  };
  const url = fillText(sink.url, secrets);
  switch (sink.kind) {
    case "alertmanager": {
      const token = sink.token && fillText([sink.token], secrets);
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const alerts =
        what.kind === "notification"
          ? alertmanagerAlerts(what.notification, stack, nowMs)
          : what.kind === "test"
            ? alertmanagerTest(stack, nowMs)
            : what.alerts.map((alert) =>
                openAlert(alert, alert.sent[what.sink]?.severity ?? alert.severity, stack, nowMs),
              );
      return { url: `${url.replace(/\/+$/, "")}/api/v2/alerts`, headers, body: JSON.stringify(alerts) };
    }
    case "webhook": {
      const message =
        what.kind === "notification"
          ? webhookMessage(what.notification, stack)
          : webhookTest(what.kind === "test" ? what.id : "", stack);
      const body = JSON.stringify(message);
      const key = fillText([sink.signingKey], secrets);
      return { url, headers: signatureHeaders(key, { id: message.id, body, atMs: nowMs }), body };
    }
    case "slack": {
      const message =
        what.kind === "notification" ? slackMessage(what.notification, stack) : slackTest(stack);
      return { url, headers: {}, body: JSON.stringify(message) };
    }
  }
}
