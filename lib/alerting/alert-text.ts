/** What an alert says to a person. */
import { describeMs } from "../core/duration.ts";
import type { Alert } from "../model/alert.ts";
import type { IncidentStep } from "../model/transition.ts";
import { stackCommand } from "../model/stack-command.ts";

/** The stack that an alert is of. */
export interface AlertedStack {
  readonly declaration: string;
  readonly stack: string;
  readonly environment: string;
}

/** How many services are named, and how many steps. */
const named = 10;
const shownSteps = 5;

/** What is the matter, in one line: "postgres failed: exited with code 137; 20 services with it". */
export function headlineOf({ kind, service, cause, services, severity }: Alert): string {
  if (kind !== "incident") return cause.text;
  const others = Object.keys(services).filter((name) => name !== service).length;
  const along = others === 0 ? "" : `; ${others} ${others === 1 ? "service" : "services"} with it`;
  const verb = severity === "critical" ? "was given up" : "failed";
  return `${service ?? "a service"} ${verb}: ${cause.text}${along}`;
}

/** The services that it took along, without itself. */
export function takenAlong({ kind, service, services }: Alert): readonly string[] {
  return kind === "incident" ? Object.keys(services).filter((name) => name !== service) : [];
}

/** What it took along, in words; empty where that is nothing. */
export function takenAlongText(alert: Alert): string {
  const names = takenAlong(alert);
  const more = names.length - named;
  return more <= 0 ? names.join(", ") : `${names.slice(0, named).join(", ")} and ${more} more`;
}

/** What was done about it, in words; empty where that is nothing. */
export function doneText({ steps }: Alert): string {
  const left = steps.length - shownSteps;
  const texts = steps.slice(0, shownSteps).map(stepText);
  return [...texts, ...(left > 0 ? [`and ${left} more`] : [])].join("; ");
}

function stepText({ service, action, because, result, tookMs }: IncidentStep): string {
  const why = because === service ? "" : ` because of ${because}`;
  const end =
    result === undefined
      ? "under way"
      : tookMs === undefined
        ? result
        : `${result} after ${describeMs(tookMs)}`;
  return `${action} of ${service}${why}: ${end}`;
}

/** How often its cause has come, where that is more than once; empty otherwise. */
export function timesText({ times }: Alert): string {
  return times === 1 ? "" : `it has come ${times} times`;
}

/** The command that looks closer. */
export function commandOf({ kind, service, phase }: Alert, { stack }: AlertedStack): string {
  if (kind === "incident" && service !== undefined)
    return stackCommand(stack, `npx phasegate incidents ${service} --last 1`);
  if (kind === "gate" && phase !== undefined)
    return stackCommand(stack, `npx phasegate report --phase ${phase}`);
  return stackCommand(stack, "npx phasegate report");
}
