import { excerpt } from "../../core/excerpt.ts";
import { wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import { patternOf, patternSchema } from "../pattern.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import { commandSchema } from "../text.ts";

export const commandInContainer = probeKind(
  "exec",
  { command: commandSchema, exitCode: wholeNumber(0, 255), stdout: patternSchema.optional() },
  {
    looksAtContainer: true,
    party: (_, host) => host,
    describe: ({ command }) => `the command ${excerpt(command.join(" "), 60)}`,
  },
);
export interface DeclaredCommandInContainer extends DeclaredAs<typeof commandInContainer> {}

/**
 * Runs a command in the service's own container, as the container's user, and judges its exit code and what
 * it writes to stdout (of which 64 KiB are kept, without the line break at its end). On timeout everything
 * that it has started there is killed.
 * @example exec(["nginx", "-t"], { exitCode: 0 })
 */
export function exec(
  command: readonly [string, ...string[]],
  options?: ProbeOptions & {
    /** Default 0. */
    readonly exitCode?: number;
    /** What stdout must match. Default: anything. */
    readonly stdout?: RegExp | string;
  },
): DeclaredCommandInContainer {
  const { stdout, ...probe } = made({ kind: "exec", command: listed(command) }, options);
  return { exitCode: 0, ...probe, ...(stdout !== undefined && { stdout: patternOf(stdout) }) };
}

/** A list's copy; anything else as it is, to be reported. A text is no list of its letters. */
function listed(command: readonly string[]): string[] {
  const given: unknown = command;
  return Array.isArray(given) ? [...command] : (given as string[]);
}
