import type { Clock } from "../../core/clock.ts";
import { shownBeginning } from "../../probe/custom-module.ts";
import { cut } from "../../core/excerpt.ts";
import type { Log } from "../log.ts";
import type { PrintedOn } from "./custom-messages.ts";
import { countPerMinute, linesPerMinute } from "./lines-per-minute.ts";

/** The coordinator's log, and what makes a text fit for it. */
export interface ModuleLog {
  readonly log: Log;
  readonly redact: (text: string) => string;
}

/** Takes what a module's thread shows of itself besides its answers. */
export interface ModuleReport {
  /** The module has printed a line. */
  readonly printed: (module: string, on: PrintedOn, line: string) => void;
  /** Its thread has ended otherwise than by having nothing to do. */
  readonly ended: (module: string, why: string) => void;
}

/** Drops it. */
export const noReport: ModuleReport = { printed: () => undefined, ended: () => undefined };

/** The longest text of a line in the log, in characters. */
const longestText = 1000;

/** Writes it to the coordinator's log: `custom-probe-output`, an event a line, and `custom-probe-ended`. */
export function logReport({ log, redact }: ModuleLog, { now }: Pick<Clock, "now">): ModuleReport {
  const shown = (text: string) => cut(shownBeginning(text, redact), longestText);
  const counts = new Map<string, () => number>();
  const countOf = (module: string) => {
    const count = counts.get(module) ?? countPerMinute(now);
    counts.set(module, count);
    return count();
  };
  return {
    printed: (module, stream, line) => {
      const count = countOf(module);
      if (count > linesPerMinute + 1) return;
      const text = count <= linesPerMinute ? shown(line) : "(what follows within the minute is left out)";
      log("custom-probe-output", { module, stream, text });
    },
    ended: (module, why) => log("custom-probe-ended", { module, why: shown(why) }),
  };
}
