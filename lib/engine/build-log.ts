import type { BuildRecord } from "./build-progress.ts";
import { messagesOf } from "./build-progress.ts";

/** What a build has written so far, by its steps. */
export interface BuildLog {
  /** Takes the next record. @returns the lines that it has for people */
  read(record: BuildRecord): string[];
  /** The step that has failed, if it is known, and what it, or else the whole build, wrote last. */
  failure(): { readonly step?: string; readonly lines: readonly string[] };
}

interface Step {
  readonly name: string;
  failed: boolean;
  readonly lines: string[];
}

/** @param shownLines how many of the last lines are kept of each step */
export function buildLog(shownLines: number): BuildLog {
  const steps = new Map<string, Step>();
  const all: string[] = [];
  let last: Step | undefined;
  const stepOf = (key: string, name = "") => {
    const step = steps.get(key) ?? { name, failed: false, lines: [] };
    steps.set(key, step);
    return step;
  };
  const keep = (lines: string[], line: string) => {
    lines.push(line);
    if (lines.length > shownLines) lines.shift();
  };
  return {
    read: (record) =>
      messagesOf(record).flatMap((message) => {
        if (message.name !== undefined) {
          const step = stepOf(message.step, message.name);
          // BuildKit ends the others once one has failed.
          if (message.error !== undefined && !/context canceled/.test(message.error)) step.failed = true;
          if (message.inOrder) last = step;
        }
        const written = message.text?.split(/[\r\n]+/).filter((line) => line.trim() !== "") ?? [];
        const of = message.step === "" ? last : stepOf(message.step);
        for (const line of written) {
          keep(all, line);
          if (of !== undefined) keep(of.lines, line);
        }
        return [...(message.began ? [message.name ?? ""] : []), ...written];
      }),
    failure: () => {
      const step = [...steps.values()].find(({ failed, name }) => failed && name !== "") ?? last;
      return step === undefined ? { lines: all } : { step: step.name, lines: step.lines };
    },
  };
}
