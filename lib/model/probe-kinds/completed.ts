import { wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const jobCompleted = probeKind(
  "completed",
  { exitCode: wholeNumber(0, 255) },
  { looksAtContainer: true, party: () => "the engine", describe: () => "completion" },
);
export interface DeclaredJobCompleted extends DeclaredAs<typeof jobCompleted> {}

/** The job has run to its end with this exit code, 0 by default. */
export function completed(
  options?: Omit<ProbeOptions, "whenFailing"> & { readonly exitCode?: number },
): DeclaredJobCompleted {
  return { exitCode: 0, ...made({ kind: "completed" }, options) };
}
