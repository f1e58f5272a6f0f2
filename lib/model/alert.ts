/** Alerts, as they are kept, sent and shown. Times are milliseconds since the epoch. */
import type { SinkKind } from "./alerting.ts";
import type { ServiceState, StateCauseText } from "./status.ts";
import type { IncidentStep } from "./transition.ts";

/**
 * What an alert is about.
 * - `incident`: services that had been ready have failed
 * - `gate`: a phase's gate, or its edges, did not open
 * - `deployment`: an `up` has failed otherwise
 */
export type AlertKind = "incident" | "gate" | "deployment";

/** `critical`: nothing more is done about it by itself. */
export type Severity = "warning" | "critical";

/** One alert for one cause, however often that comes until it has been quiet for a while. */
export interface Alert {
  /** Counts the alerts of a stack. */
  readonly number: number;
  /** Names it everywhere: no other alert has it. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** The service that is the cause; undefined where it is none, or several are. */
  readonly service: string | undefined;
  /** The phase whose gate did not open; undefined where it is about something else. */
  readonly phase: string | undefined;
  readonly cause: StateCauseText;
  /** What keeps it open; empty while its cause is gone. */
  readonly reasons: readonly AlertReason[];
  /** When its cause came first. */
  readonly beganMs: number;
  /** When its cause came last. */
  readonly cameMs: number;
  /** How often its cause has come. */
  readonly times: number;
  /** Since when its cause is gone; undefined while it is there. */
  readonly quietSinceMs: number | undefined;
  /** When the grace was over, and it was due to be sent. Until then it is pending. */
  readonly firedMs: number | undefined;
  readonly resolvedMs: number | undefined;
  /** All services that it has reached, itself among them, and the state of each as last known. */
  readonly services: Readonly<Record<string, ServiceState>>;
  /** What was done about it, the last of it. */
  readonly steps: readonly IncidentStep[];
  /** The sinks that a message about it was queued for, the severity that it had then, and when that was. */
  readonly sent: Readonly<Record<string, Sent>>;
  /** When the first sink has taken a message about it; undefined while none has. */
  readonly deliveredMs: number | undefined;
}

/**
 * What keeps an alert open.
 * - `incident`: until it is over. A number alone may be that of an incident that was lost in a crash
 * - `gate`: until it opens
 * - `deployment`: until an `up` succeeds
 * - `states`: an incident that was lost in a crash: until all services that it had reached are ready, or stopped
 */
export type AlertReason =
  | { readonly kind: "incident"; readonly id: number; readonly openedMs: number }
  | { readonly kind: "gate"; readonly phase: string }
  | { readonly kind: "deployment" }
  | { readonly kind: "states" };

export interface Sent {
  readonly severity: Severity;
  readonly atMs: number;
}

/** What a sink is sent. */
export interface Notification {
  /** The same each time that it is sent. */
  readonly id: string;
  readonly sink: string;
  readonly status: "firing" | "resolved";
  /** The alert as it was then. */
  readonly alert: Alert;
  /** The severity with which it was sent before, where that was another. */
  readonly was?: Severity | undefined;
}

/** The alerts of a service are not sent. */
export interface Silence {
  readonly service: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Why, as they said it. */
  readonly why: string;
}

/** What is known of a sink. */
export interface SinkStatus {
  readonly sink: string;
  readonly kind: SinkKind;
  /** How many messages wait for it. */
  readonly waiting: number;
  /** Since when it has taken nothing, and why; undefined while it does. */
  readonly failing: { readonly sinceMs: number; readonly why: string } | undefined;
  /** What was given up; undefined where nothing was in the last week. */
  readonly dropped: Dropped | undefined;
}

/** Messages that a sink never got. */
export interface Dropped {
  readonly count: number;
  readonly lastMs: number;
  /** Why the last of them was given up. */
  readonly why: string;
}

/** The alerts of a stack. */
export interface AlertsAnswer {
  readonly nowMs: number;
  /** Pending ones among them, oldest first. */
  readonly open: readonly Alert[];
  /** The newest first. */
  readonly past: readonly Alert[];
  readonly silences: readonly Silence[];
  readonly sinks: readonly SinkStatus[];
  /** What is the matter with alerting, a sentence each. */
  readonly problems: readonly string[];
}

/** What a sink has answered to a test. */
export interface SinkTest {
  readonly sink: string;
  readonly kind: SinkKind;
  readonly taken: boolean;
  /** In words: "204 No Content", "connection refused". */
  readonly answer: string;
  readonly tookMs: number;
}

export interface SinkTests {
  readonly tests: readonly SinkTest[];
}

export interface SilenceEnded {
  /** The silence that was; undefined when there was none. */
  readonly silence: Silence | undefined;
}

/** The most past alerts that are kept, and that one answer holds. */
export const mostAlerts = 200;

/** The longest time for which a service is silenced: a week. */
export const longestSilenceMs = 7 * 24 * 60 * 60_000;
