import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { upCommand } from "../model/stack-command.ts";

/** What a run of `pulumi up` that failed has said. */
export interface PulumiReport {
  /** The events of Pulumi's engine. */
  readonly events: readonly EngineEvent[];
  /** What the command itself has written: all that there is where the engine did not begin. */
  readonly stderr: string;
}

/** What went wrong in a run of `pulumi up`, in Pulumi's words where they are enough; undefined where it said nothing of it. */
export function pulumiFailure(stack: string, { events, stderr }: PulumiReport): string | undefined {
  return lockedText(stack, stderr) ?? errorsIn(events) ?? (stderr.trim() === "" ? undefined : stderr.trim());
}

/** Who holds the lock of a stack in a file backend, and since when. */
function lockedText(stack: string, stderr: string): string | undefined {
  if (!stderr.includes("the stack is currently locked by")) return undefined;
  const holders = [...stderr.matchAll(/created by (\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, who, pid, since]) => `${who} (pid ${pid}) since ${since}`,
  );
  if (holders.length === 0) return undefined;
  return (
    `the stack ${stack} is locked by ${holders.join(" and by ")}. Wait until that has ended, then run ${upCommand(stack)} again. ` +
    `If that process is gone, "pulumi cancel --stack ${stack}" removes its lock.`
  );
}

/** The errors of the engine, under the resources that they are of. */
function errorsIn(events: readonly EngineEvent[]): string | undefined {
  const errors = events.flatMap(({ diagnosticEvent: diagnostic }) =>
    diagnostic?.severity === "error" ? [diagnostic] : [],
  );
  if (errors.length === 0) return undefined;
  const ofResources = Map.groupBy(errors, ({ urn }) => urn ?? "");
  // What is of no resource follows from what is: "update failed".
  const own = [...ofResources].filter(([urn]) => urn !== "");
  return (own.length > 0 ? own : [...ofResources])
    .map(([urn, of]) => [...titleOf(urn), ...new Set(of.map(({ message }) => indented(plain(message))))])
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** A resource as Pulumi's own output names it: its type and its name. */
function titleOf(urn: string): string[] {
  const [, , types, name] = urn.split("::");
  return types === undefined || name === undefined ? [] : [`${types.split("$").at(-1)} (${name}):`];
}

/** Messages hold marks of their colours. */
function plain(message: string): string {
  return message.replaceAll(/<\{%[^%]*%\}>/g, "").trimEnd();
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}
