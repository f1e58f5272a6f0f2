/**
 * Alerts as an incoming webhook of Slack takes them, and Mattermost and Rocket.Chat: a text and one attachment
 * (https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments).
 */
import { describeMs } from "../core/duration.ts";
import type { Notification } from "../model/alert.ts";
import type { AlertedStack } from "./alert-text.ts";
import { commandOf, doneText, headlineOf, takenAlongText, timesText } from "./alert-text.ts";
import { testText } from "./alertmanager.ts";

export interface SlackMessage {
  readonly text: string;
  readonly attachments?: readonly {
    readonly color: string;
    readonly fallback: string;
    readonly text: string;
  }[];
}

const colours = { warning: "#e8a317", critical: "#c0392b", resolved: "#2e8b57" } as const;

/** Slack cuts what is longer. */
const longestText = 3000;

export function slackMessage({ alert, status }: Notification, stack: AlertedStack): SlackMessage {
  const { severity, beganMs, quietSinceMs } = alert;
  const after = quietSinceMs === undefined ? "" : ` after ${describeMs(Math.max(0, quietSinceMs - beganMs))}`;
  const word = status === "resolved" ? `Resolved${after}` : severity === "critical" ? "Critical" : "Warning";
  const headline = `${word}: ${stack.declaration} (${stack.stack}): ${headlineOf(alert)}`;
  const lines = [
    ["Took along", takenAlongText(alert)],
    ["Done", doneText(alert)],
    ["Again", timesText(alert)],
    ["Look closer", `\`${commandOf(alert, stack)}\``],
  ] as const;
  const text = lines
    .filter(([, said]) => said !== "")
    .map(([name, said]) => `${name}: ${said}`)
    .join("\n");
  return {
    text: escaped(headline).slice(0, longestText),
    attachments: [
      {
        color: status === "resolved" ? colours.resolved : colours[severity],
        fallback: escaped(headline).slice(0, longestText),
        text: escaped(text).slice(0, longestText),
      },
    ],
  };
}

export function slackTest(stack: AlertedStack): SlackMessage {
  return { text: escaped(testText(stack)) };
}

/** What Slack would take for a mention or a link (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
