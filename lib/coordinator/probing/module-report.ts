import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../core/clock.ts";
import { longestCustomText, shownBeginning } from "../../probe/custom-module.ts";
import { cut } from "../../probe/excerpt.ts";
import type { ModuleLog } from "./custom-modules.ts";

/** Takes what threads show of themselves besides their answers. */
export interface ModuleReport {
  /** What a thread prints. */
  readonly output: (module: string, thread: { readonly stdout: Readable; readonly stderr: Readable }) => void;
  /** A thread has ended otherwise than by having nothing to do. */
  readonly ended: (module: string, why: string) => void;
}

/** Drops it. */
export const noReport: ModuleReport = {
  output: (_module, { stdout, stderr }) => {
    stdout.resume();
    stderr.resume();
  },
  ended: () => undefined,
};

/** How many lines of a module are logged in a minute, and how long they are. */
const linesPerMinute = 100;
const minuteMs = 60_000;
const longestLine = 1000;

/** Writes it to the coordinator's log: `custom-probe-output`, a line each, and `custom-probe-ended`. */
export function logReport({ log, redact }: ModuleLog, { now }: Pick<Clock, "now">): ModuleReport {
  const shown = (text: string) => cut(shownBeginning(text, redact), longestLine);
  /** For each module, when its minute began and how many lines it has had since. */
  const minutes = new Map<string, { readonly beganMs: number; lines: number }>();
  const logLine = (module: string, stream: string, line: string) => {
    const known = minutes.get(module);
    const minute =
      known !== undefined && now() < known.beganMs + minuteMs ? known : { beganMs: now(), lines: 0 };
    minutes.set(module, minute);
    minute.lines += 1;
    if (minute.lines <= linesPerMinute) log("custom-probe-output", { module, stream, text: shown(line) });
    else if (minute.lines === linesPerMinute + 1)
      log("custom-probe-output", { module, stream, text: "(what follows within the minute is left out)" });
  };
  return {
    output: (module, { stdout, stderr }) => {
      eachLine(stdout, (line) => logLine(module, "stdout", line));
      eachLine(stderr, (line) => logLine(module, "stderr", line));
    },
    ended: (module, why) => log("custom-probe-ended", { module, why: shown(why) }),
  };
}

/** Gives each line of a stream that is not empty, or its beginning where it is long; the last one even where it has no end. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let begun = "";
  const give = () => {
    const line = begun.replace(/\r$/, "");
    begun = "";
    if (line !== "") onLine(line);
  };
  const take = (text: string) => {
    const [first = "", ...further] = text.split("\n");
    begun += first.slice(0, longestCustomText - begun.length);
    for (const part of further) {
      give();
      begun = part.slice(0, longestCustomText);
    }
  };
  stream.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on("end", () => {
    take(decoder.end());
    give();
  });
}
