import { excerpt } from "../../core/excerpt.ts";
import { made } from "../made.ts";
import { patternOf, patternSchema, patternText } from "../pattern.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const writtenLine = probeKind(
  "log-line",
  { pattern: patternSchema },
  {
    looksAtContainer: true,
    party: () => "the engine",
    describe: ({ pattern }) => `the log line ${excerpt(patternText(pattern), 60)}`,
  },
);
export interface DeclaredWrittenLine extends DeclaredAs<typeof writtenLine> {}

/**
 * A line of what the container has written to stdout and stderr since its current start matches a regular
 * expression. The first 4 MiB are read, and of each line the first 2000 characters; an expression that is
 * not through after 250 ms is given up.
 * @example logLine(/ready to accept connections/)
 */
export function logLine(pattern: RegExp | string, options?: ProbeOptions): DeclaredWrittenLine {
  return made({ kind: "log-line", pattern: patternOf(pattern) }, options);
}
