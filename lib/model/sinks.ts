/** Where alerts are sent. Each function returns plain data: what its author wrote, and the kind. */
import type { AlertmanagerOptions, SlackOptions, WebhookOptions } from "./alerting.ts";
import { made } from "./made.ts";

/**
 * Prometheus' Alertmanager, by its API version 2. Alerts resolve there by themselves when the coordinator is gone for long.
 * @example alertmanager({ url: "http://alertmanager:9093" })
 */
export function alertmanager(
  options: AlertmanagerOptions,
): { readonly kind: "alertmanager" } & AlertmanagerOptions {
  return made({ kind: "alertmanager" }, options);
}

/**
 * Any server that takes JSON by POST. Each request carries a signature (HMAC-SHA256) over its time and its body.
 * @example webhook({ url: secret("pagerUrl"), signingKey: secret("pagerKey"), environments: ["production"] })
 */
export function webhook(options: WebhookOptions): { readonly kind: "webhook" } & WebhookOptions {
  return made({ kind: "webhook" }, options);
}

/**
 * An incoming webhook of Slack, or of what takes the same messages (Mattermost, Rocket.Chat).
 * @example slack({ url: secret("slackUrl") })
 */
export function slack(options: SlackOptions): { readonly kind: "slack" } & SlackOptions {
  return made({ kind: "slack" }, options);
}
