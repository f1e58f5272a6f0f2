import { alignedRows } from "../core/columns.ts";
import { describeMs, toDuration } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import type { LastGood, ProbeStatus, ServiceFailure, ServiceStatus } from "../model/status.ts";
import { stayingText } from "./staying-text.ts";

/**
 * Why a gate did not open, for a person who is woken by it: the first line says all that fits in one line,
 * then each failed service with its probes, its last lines, and what to try.
 */
export function gateText(
  phase: string,
  failures: readonly ServiceFailure[],
  services: readonly Pick<ServiceStatus, "service" | "state">[],
): string {
  const [first] = failures;
  if (first === undefined) throw new Error("a gate that failed has a failure");
  const more =
    failures.length > 1
      ? ` (and ${failures
          .slice(1)
          .map(({ service }) => service)
          .join(", ")})`
      : "";
  return [
    `The gate of ${phase} did not open: ${headline(first)}${more}`,
    ...failures.map(block),
    rest(services, failures),
  ].join("\n\n");
}

/** A failure in one line: "redis is not ready after 4m30s of 270s: ping: connection refused by redis:6379". */
export function headline({ service, reason, usedMs, exit, status }: ServiceFailure): string {
  const time = `${describeMs(usedMs)} of ${toDuration(status.budgetMs)}`;
  switch (reason) {
    case "gone":
      return `the container of ${service} is gone, after ${time}`;
    case "stopped":
      return `${service} is stopped, and is not started by the coordinator: ${status.cause?.text ?? "somebody stopped it"}`;
    case "givenUp":
      return `${service} is given up: ${status.cause?.text ?? "it was restarted as often as its policy allows"}`;
    case "outage":
      return `${service}, which is external, does not work: ${status.cause?.text ?? "its probes fail"}`;
    case "exited":
      return `${service} ${exitText(exit)}, after ${time} and ${times(status.restarts, "restart")}`;
    case "permanent": {
      const worst = blamed(status.probes);
      return `${service} cannot become ready, given up after ${time}: ${worst ? `${worst.name}: ${causeText(worst)}` : "no cause is known"}`;
    }
    case "deadline": {
      const worst = status.cause?.kind === "engine" ? undefined : blamed(status.probes);
      const why = worst ? `${worst.name}: ${causeText(worst)}` : undefined;
      const stayed =
        status.cause?.kind === "engine" ? undefined : status.minReady && stayingText(status.minReady);
      const both = [why, stayed].filter((text) => text !== undefined).join("; ");
      return `${service} is not ready after ${time}: ${both || waitedForText(status)}`;
    }
  }
}

/** What a service waited for that no probe speaks of. */
function waitedForText({ cause, startedMs, external }: ServiceStatus): string {
  if (cause !== undefined && ["engine", "dependency", "boot", "unhealthy"].includes(cause.kind))
    return cause.text;
  return startedMs === undefined && !external
    ? "its container was never started"
    : "no probe has been answered";
}

/** How a container ended: "exited with code 1". */
export function exitText(exit: ServiceFailure["exit"]): string {
  if (exit === undefined) return "exited";
  if (exit.startError !== "") return `could not be started: ${exit.startError}`;
  return exit.outOfMemory
    ? `was killed for lack of memory (exit code ${exit.code})`
    : `exited with code ${exit.code}`;
}

/** The probe that most likely names the cause: one that waiting will not heal, else the first that does not pass. */
export function blamed(probes: readonly ProbeStatus[]): ProbeStatus | undefined {
  const failing = probes.filter(({ passing, attempts }) => !passing && attempts > 0);
  return (
    failing.find(({ lastCause }) => lastCause?.permanent) ??
    failing.find(({ lastCause }) => lastCause !== undefined) ??
    failing[0]
  );
}

function causeText({ lastCause }: ProbeStatus): string {
  return lastCause === undefined ? "not passed often enough in a row" : lastCause.text;
}

function block({ status, logs, lastGood, advice }: ServiceFailure): string {
  const { service, container, level } = status;
  const parts = [
    `${service} (${container}), validated at level ${level}:`,
    ...alignedRows(probeTable(status)).map((line) => `  ${line}`),
    ...(logs.length > 0 ? ["", `the last lines of ${container}:`, ...logs.map((line) => `  | ${line}`)] : []),
    ...(lastGood ? ["", ...changed(lastGood)] : []),
    "",
    "what to try:",
    ...advice.map((sentence) => `  - ${sentence}`),
  ];
  return parts.map((line) => (line === "" ? "" : `  ${line}`)).join("\n");
}

/** A service's probes as rows of cells, under a row of headings. */
export function probeTable({ startedMs, probes }: ServiceStatus): string[][] {
  const rows = probes.map((probe) => {
    const pass =
      probe.firstPassMs === undefined || startedMs === undefined
        ? "never"
        : `after ${describeMs(Math.max(0, probe.firstPassMs - startedMs))}`;
    return [
      probe.name,
      String(probe.attempts),
      pass,
      probe.passing
        ? "passes"
        : `${probe.lastCause?.text ?? ""}${probe.lastCause?.permanent ? " (will not heal by waiting)" : ""}`,
    ];
  });
  return [["probe", "attempts", "first pass", "last answer"], ...rows];
}

function changed({ readyMs, changes }: LastGood): string[] {
  const since = instantText(readyMs);
  return changes.length === 0
    ? [`${nothingChanged} since it was last ready, ${since}.`]
    : [`changed since it was last ready, ${since}:`, ...changes.map((change) => `  - ${change}`)];
}

/** What is said where the cause must lie elsewhere: in data, in a dependency, in the machine. */
export const nothingChanged = "nothing of its image, command, environment and readiness spec has changed";

function rest(
  services: readonly Pick<ServiceStatus, "service" | "state">[],
  failures: readonly ServiceFailure[],
): string {
  const failed = new Set(failures.map(({ service }) => service));
  const others = services
    .filter(({ service }) => !failed.has(service))
    .map(({ service, state }) => `${service} is ${state}`);
  const left = "What runs is left for inspection; the same command continues from there.";
  return others.length === 0 ? left : `Of the same phase, ${others.join(", ")}. ${left}`;
}

/** "1 restart", "2 restarts". */
export function times(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`;
}
