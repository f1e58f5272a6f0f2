/** What `phasegate status` shows. */
import { alignedRows } from "../core/columns.ts";
import { describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import { fitted, tableWidth, wrapped } from "../core/layout.ts";
import type { DriftReport, StackStatus } from "../model/control-answers.ts";
import { upCommand } from "../model/stack-command.ts";
import { startTimes } from "../model/start-times.ts";
import type { ServiceStatus } from "../model/status.ts";
import { stayingText } from "../readiness/staying-text.ts";
import { heldText } from "./hold-text.ts";
import { statusAdvice } from "./status-advice.ts";

/** The names of a stack. */
export interface Named {
  readonly declaration: string;
  readonly stack: string;
}

/** Whether all of the stack's services are ready, and there are any. */
export function isReady({ services }: Pick<StackStatus, "services">): boolean {
  return services.length > 0 && services.every(({ state }) => state === "ready");
}

/**
 * The status for a person: the services, each with why it is not ready and with its probes, then what is open and what helps.
 * `brief` leaves out the probes of services that are ready.
 */
export function statusText(named: Named, status: StackStatus, { brief = false } = {}): string {
  const { stack } = named;
  const sections = [
    heading(named, status),
    status.services.length === 0
      ? [`The coordinator knows no service. ${upCommand(stack)} registers them.`]
      : serviceLines(status, brief),
    incidentLines(status),
    list("Changed on the engine since the last up:", status.drift.map(driftText)),
    list("What helps:", statusAdvice(status, stack)),
    status.problems.flatMap((problem) => wrapped(problem, tableWidth)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function heading({ declaration, stack }: Named, { nowMs, held }: StackStatus): string[] {
  const hold = held === undefined ? [] : wrapped(heldText(held, nowMs, stack), tableWidth);
  return [`${declaration} (${stack}), ${instantText(nowMs)}`, ...hold];
}

const header = [
  ...["service", "phase", "state", "since", "engine-healthy", "ready", "budget", "gap", "restarts"],
];

function serviceLines({ services, nowMs, incidents }: StackStatus, brief: boolean): string[] {
  const rows = services.map((status) => serviceRow(status, nowMs));
  const table = fittedTable([header, ...rows]);
  const probes = services.map((status) =>
    !isProbed(status) || (brief && status.state === "ready") ? [] : status.probes,
  );
  const probeLines = alignedRows(probes.flatMap((own) => own.map(probeRow)));
  return [
    table[0] ?? "",
    ...services.flatMap((status, i) => [
      table[i + 1] ?? "",
      ...causeLines(status, incidents),
      ...stayingLines(status),
      ...scheduleLines(status),
      ...probeLines.splice(0, probes[i]?.length ?? 0).map((line) => fitted(line, tableWidth)),
    ]),
  ];
}

/** Whether what its container and its probes say is of now. */
function isProbed({ state }: ServiceStatus): boolean {
  return state !== "stopped" && state !== "restarting" && state !== "pending";
}

function serviceRow(status: ServiceStatus, nowMs: number): string[] {
  const { engineHealthy, ready, budget, gap } = startTimes(status);
  const { service, phase, state, restarts, sinceMs } = status;
  const since = sinceMs === undefined ? "" : sinceText(sinceMs, nowMs);
  const healthy = isProbed(status) ? engineHealthy : "";
  return [service, phase, state, since, healthy, ready, budget, gap, String(restarts)];
}

const dayMs = 24 * 60 * 60_000;

/** The time of day, in UTC; of what is older than a day the date. */
function sinceText(atMs: number, nowMs: number): string {
  const [date = "", time = ""] = instantText(atMs).split(" ");
  return nowMs - atMs < dayMs ? time : date;
}

/** The least that is left of a name where the table would be too wide. */
const leastName = 8;

/** The table, its names cut where it would be too wide. */
function fittedTable(rows: readonly (readonly string[])[]): string[] {
  const cut = [Infinity, Infinity];
  for (;;) {
    const lines = alignedRows(rows.map((row) => row.map((cell, i) => fitted(cell, cut[i] ?? Infinity))));
    const over = Math.max(...lines.map((line) => line.length)) - tableWidth;
    const widths = [0, 1].map((i) =>
      Math.min(cut[i] ?? 0, Math.max(...rows.map((row) => row[i]?.length ?? 0))),
    );
    const widest = (widths[0] ?? 0) >= (widths[1] ?? 0) ? 0 : 1;
    const width = widths[widest] ?? 0;
    if (over <= 0 || width <= leastName) return lines;
    cut[widest] = Math.max(leastName, width - 1);
  }
}

/** Why a service is as it is; of one that is ready there is nothing to say. */
function causeLines({ service, state, cause }: ServiceStatus, incidents: StackStatus["incidents"]): string[] {
  if (state === "ready" || cause === undefined) return [];
  const incident = incidents.find(({ services }) => service in services);
  const text = `${cause.text}${incident === undefined ? "" : ` (incident ${incident.id})`}`;
  return wrapped(text, tableWidth - 4).map((line) => `    ${line}`);
}

/** What a service that starts has to do yet though its probes pass, or have passed. */
function stayingLines({ state, minReady }: ServiceStatus): string[] {
  const text = state === "starting" && minReady !== undefined ? stayingText(minReady) : undefined;
  return text === undefined ? [] : wrapped(text, tableWidth - 4).map((line) => `    ${line}`);
}

/** When a job runs next, and what of its schedule was missed last. */
function scheduleLines({ schedule, completedMs }: ServiceStatus): string[] {
  if (schedule === undefined) return [];
  const { cron, timeZone, nextMs, missed } = schedule;
  const next = nextMs === undefined ? "" : `; its next run is at ${instantText(nextMs)}`;
  const last =
    completedMs === undefined ? "" : `, its last that ended well was at ${instantText(completedMs)}`;
  const texts = [`by its schedule "${cron}" (${timeZone})${next}${last}`, ...(missed ? [missed] : [])];
  return texts.flatMap((text) => wrapped(text, tableWidth - 4).map((line) => `    ${line}`));
}

function probeRow({
  name,
  passing,
  attempts,
  measured,
  lastCause,
}: ServiceStatus["probes"][number]): string[] {
  const speed = measured ? `p95 ${describeMs(measured.p95Ms)} of ${measured.samples}` : "";
  const note = passing ? speed : (lastCause?.text ?? "");
  return [`  ${passing ? "✓" : "✗"} ${name}`, `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`, note];
}

function incidentLines({ incidents, nowMs }: StackStatus): string[] {
  const texts = incidents.map(({ id, openedMs, root, cause, services }) => {
    const others = Object.keys(services).filter((service) => service !== root);
    const reach = others.length === 0 ? "" : `; it has reached ${others.join(", ")}`;
    const open = describeMs(Math.max(0, nowMs - openedMs));
    return `incident ${id}, open since ${instantText(openedMs)} (${open}): ${root}: ${cause.text}${reach}`;
  });
  return list("Open incidents:", texts);
}

function driftText({ text, command }: DriftReport): string {
  return `${text}; "${command}" fixes it`;
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [
    title,
    ...items.flatMap((item) =>
      wrapped(item, tableWidth - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`),
    ),
  ];
}
