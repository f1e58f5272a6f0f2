/** What `phasegate stop`, `start` and `restart` say. */
import { describeMs } from "../core/duration.ts";
import { hangingRows, tableWidth } from "../core/layout.ts";
import type { CommandAction } from "../model/control.ts";
import type { CommandProgress, CommandResult, CommandStep, Held } from "../model/control-answers.ts";
import { stackCommand } from "../model/stack-command.ts";
import { untilText } from "./hold-text.ts";

const doing = {
  start: "starting",
  stop: "stopping",
  restart: "restarting",
  run: "running",
  revalidate: "proving",
} as const satisfies Record<CommandStep["action"], string>;

/** A line that stays of what a command is doing; undefined where nothing has begun or ended. */
export function progressLine(progress: CommandProgress): string | undefined {
  switch (progress.kind) {
    case "begun": {
      const { service, action, because } = progress;
      return `${doing[action]} ${service}${action === "revalidate" ? " again" : ""}${because === undefined ? "" : `: ${because}`}`;
    }
    case "done":
      return stepLine(progress.step);
    case "following":
    case "waiting":
      return undefined;
  }
}

function stepLine({ service, result, already, tookMs, cause }: CommandStep): string {
  const why = cause === undefined ? "" : `: ${cause}`;
  if (result === "not attempted") return `${service} was not attempted${why}`;
  if (already) return `${service} is ${result} already${why}`;
  const state = result === "failed" ? "has failed" : `is ${result}`;
  return `${service} ${state}, after ${describeMs(tookMs)}${why}`;
}

/** What was done, as a table, and what it has led to. */
export function commandText(
  { declaration, stack }: { readonly declaration: string; readonly stack: string },
  action: CommandAction,
  { steps, impaired, held, ended }: CommandResult,
): string {
  const of = `${declaration} (${stack})`;
  if (steps.length === 0) return `${of}: there was nothing to ${action}.`;
  const rows = steps.map(({ service, action: done, because = "", result, already, tookMs, cause = "" }) => [
    ...[service, done, because, already ? `${result} already` : result],
    ...[already || result === "not attempted" ? "" : describeMs(tookMs), cause],
  ]);
  const table = hangingRows([["service", "action", "because of", "result", "took", ""], ...rows], tableWidth);
  const stopped = steps.filter(({ result }) => result === "stopped").map(({ service }) => service);
  return [
    `${of}:`,
    ...table,
    ...(ended === undefined ? [] : endLines(ended)),
    ...impairedLines(impaired),
    ...(held === undefined || action === "stop" ? [] : heldLines(held, impaired)),
    ...(stopped.length === 0 ? [] : ["", startAgain(stack, stopped, steps)]),
  ].join("\n");
}

function endLines({ exitCode, lines }: NonNullable<CommandResult["ended"]>): string[] {
  const last = lines.length === 0 ? "it has written nothing" : "its last lines:";
  return ["", `It ended with exit code ${exitCode}; ${last}`, ...lines.map((line) => `  ${line}`)];
}

function impairedLines(impaired: CommandResult["impaired"]): string[] {
  if (impaired.length === 0) return [];
  const rows = impaired.map(({ service, state, cause }) => [`  ${service}`, state, cause.text]);
  return ["", "not ready because of it:", ...hangingRows(rows, tableWidth)];
}

function heldLines(held: Held, impaired: CommandResult["impaired"]): string[] {
  if (impaired.length === 0) return [];
  return ["", `The stack is held ${untilText(held)}: what depends on these services follows then.`];
}

/** What is stopped by hand stays stopped. */
function startAgain(stack: string, stopped: readonly string[], steps: readonly CommandStep[]): string {
  const names = stopped.length === steps.length && stopped.length > 3 ? [] : stopped.toReversed();
  const command = stackCommand(stack, ["npx phasegate start", ...names].join(" "));
  return `What is stopped stays so until "${command}", or the next "up".`;
}

/** What a Ctrl-C ends, and what it does not. */
export function interruptedText(
  { stack, action }: { readonly stack: string; readonly action: CommandAction },
  underWay: readonly Pick<CommandStep, "service" | "action">[],
  isFollowing: boolean,
): string {
  const steps = underWay.map(({ service, action: done }) => `${doing[done]} ${service}`);
  const goesOn = steps.length === 0 ? "" : `${steps.join(", ")} ${steps.length === 1 ? "goes" : "go"} on; `;
  const rest = isFollowing
    ? "what depends on it still follows, in order."
    : action === "stop"
      ? "nothing else is begun."
      : "nothing else is begun, but what depends on a service that runs again follows it.";
  const watch = stackCommand(stack, "npx phasegate status --watch");
  return `Interrupted: ${goesOn}${rest} "${watch}" shows it.`;
}

/** Whether all came out as it was wanted. */
export function isDone({ steps }: CommandResult): boolean {
  return steps.every(({ result }) => result === "ready" || result === "stopped");
}
