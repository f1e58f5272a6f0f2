import type { Clock } from "../core/clock.ts";
import { fitted } from "../core/layout.ts";

/** Where lines are written: stdout, or a test's. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Lines that stay, and below them one that changes in place. */
export interface LiveLine {
  /** Writes a line that stays. */
  say(line: string): void;
  /** Changes the last line. Where the output is no terminal it is a line of its own, and not written often. */
  show(text: string): void;
  /** Takes the last line away. */
  clear(): void;
}

/** How often a wait is written where it cannot change in place. */
const everyMs = 10_000;

export function liveLine(output: LineOutput, clock: Clock): LiveLine {
  let shown = "";
  let writtenMs = clock.now();
  const clear = () => {
    if (shown !== "") output.write("\r\x1b[K");
    shown = "";
  };
  return {
    clear,
    say: (line) => {
      clear();
      output.write(`${line}\n`);
      writtenMs = clock.now();
    },
    show: (text) => {
      if (output.isTTY === true) {
        // A line that wraps could not be taken away.
        shown = fitted(text, (output.columns ?? 80) - 1);
        output.write(`\r${shown}\x1b[K`);
      } else if (clock.now() - writtenMs >= everyMs) {
        output.write(`${text}\n`);
        writtenMs = clock.now();
      }
    },
  };
}
