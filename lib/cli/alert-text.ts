import { doneText, headlineOf, takenAlongText, timesText } from "../alerting/alert-text.ts";
import { describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import { alignedRows } from "../core/columns.ts";
import { tableWidth, wrapped } from "../core/layout.ts";
import type { Alert, AlertsAnswer, Silence, SinkStatus, SinkTest } from "../model/alert.ts";
import { stackCommand } from "../model/stack-command.ts";

/** The alerts, those that are over first: what is open stands where it is seen first. */
export function alertsText(of: string, answer: AlertsAnswer, stack: string): string {
  const { nowMs, open, past, silences, sinks, problems } = answer;
  const shown = [...past.toReversed(), ...open];
  const none = shown.length === 0 ? ["", "No alert is open, and none is known that was."] : [];
  return [
    of,
    ...none,
    ...shown.flatMap((alert) => ["", ...alertLines(alert, answer)]),
    ...silences.flatMap((silence) => ["", ...wrapped(silencedText(silence, nowMs, stack), tableWidth)]),
    "",
    ...sinkLines(sinks),
    ...problems.flatMap((problem) => ["", ...wrapped(problem, tableWidth)]),
  ].join("\n");
}

function alertLines(alert: Alert, { silences, nowMs }: AlertsAnswer): string[] {
  const { number, severity, beganMs } = alert;
  const silenced =
    alert.resolvedMs === undefined && silences.some(({ service }) => service === alert.service)
      ? ", silenced"
      : "";
  const title = `alert ${number}, ${severity}${silenced}, ${instantText(beganMs)}: ${headlineOf(alert)}`;
  const details = [
    stateText(alert, nowMs),
    timesText(alert),
    ["took along ", takenAlongText(alert)],
    ["done: ", doneText(alert)],
    sentText(alert),
  ].map((detail) => (typeof detail === "string" ? detail : detail[1] === "" ? "" : detail.join("")));
  return [
    ...wrapped(title, tableWidth),
    ...details
      .filter((detail) => detail !== "")
      .flatMap((detail) => wrapped(detail, tableWidth - 2).map((line) => `  ${line}`)),
  ];
}

function stateText({ firedMs, resolvedMs, quietSinceMs, beganMs }: Alert, nowMs: number): string {
  if (resolvedMs !== undefined)
    return `resolved: it lasted ${describeMs((quietSinceMs ?? resolvedMs) - beganMs)}`;
  if (quietSinceMs !== undefined)
    return `its cause is gone since ${describeMs(nowMs - quietSinceMs)}, and it is resolved if that stays so`;
  if (firedMs === undefined) return "pending: it is sent if it lasts";
  return `firing since ${describeMs(nowMs - firedMs)}`;
}

function sentText({ sent, firedMs, deliveredMs }: Alert): string {
  const sinks = Object.keys(sent);
  if (sinks.length > 0)
    return `for ${sinks.join(", ")}${deliveredMs === undefined ? ", taken by none of them yet" : ""}`;
  return firedMs === undefined ? "" : "for no sink";
}

function sinkLines(sinks: readonly SinkStatus[]): string[] {
  if (sinks.length === 0) return ["No sink is declared: alerts are shown here and sent nowhere."];
  return alignedRows(
    sinks.map(({ sink, kind, waiting, failing }) => [
      `sink ${sink}`,
      kind,
      failing === undefined ? "" : "failing",
      waiting === 0 ? "" : `${waiting} waiting`,
    ]),
  );
}

/** Until when the alerts of a service are not sent, and why. */
export function silencedText({ service, untilMs, why }: Silence, nowMs: number, stack: string): string {
  const end = stackCommand(stack, `npx phasegate silence ${service} --end`);
  return `${service} is silenced until ${instantText(untilMs)} ("${why}"), ${describeMs(Math.max(0, untilMs - nowMs))} more: its alerts are shown, and not sent. "${end}" ends that.`;
}

/** What each sink has answered to a test. */
export function sinkTestsText(of: string, tests: readonly SinkTest[]): string {
  if (tests.length === 0) return `${of}: no sink is declared.`;
  const rows = tests.map(({ sink, kind, taken, answer, tookMs }) => [
    `${taken ? "✓" : "✗"} ${sink}`,
    kind,
    `${answer}, after ${describeMs(tookMs)}`,
  ]);
  return [of, ...alignedRows(rows)].join("\n");
}
