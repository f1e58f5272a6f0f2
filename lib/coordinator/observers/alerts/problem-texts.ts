import { instantText } from "../../../core/instant.ts";
import type { SinkStatus } from "../../../model/alert.ts";

/** What is the matter with alerting, a sentence each. */
export function problemTexts(sinks: readonly SinkStatus[], storeProblem: string | undefined): string[] {
  const store =
    storeProblem === undefined
      ? []
      : [`Alerts are in memory only, and lost with the coordinator: ${storeProblem}.`];
  return [...store, ...sinks.flatMap(sinkTexts)];
}

function sinkTexts({ sink, waiting, failing, dropped }: SinkStatus): string[] {
  const texts: string[] = [];
  if (failing !== undefined) {
    const waits = waiting === 0 ? "" : `; ${counted(waiting)} ${waiting === 1 ? "waits" : "wait"}`;
    texts.push(
      `The sink ${sink} has taken no alerts since ${instantText(failing.sinceMs)}: ${failing.why}${waits}.`,
    );
  }
  if (dropped !== undefined)
    texts.push(
      `The sink ${sink} never got ${counted(dropped.count)}, the last at ${instantText(dropped.lastMs)}: ${dropped.why}.`,
    );
  return texts;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}
