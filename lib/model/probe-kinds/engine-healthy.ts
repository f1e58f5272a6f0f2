import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const engineHealthcheck = probeKind(
  "engine-healthy",
  {},
  { looksAtContainer: true, party: () => "the engine", describe: () => "the engine's health check" },
);
export interface DeclaredEngineHealthcheck extends DeclaredAs<typeof engineHealthcheck> {}

/**
 * The engine's own health check (Docker's HEALTHCHECK, or the declaration's `healthcheck`) has passed.
 * @example engineHealthy({ level: "basic" })
 */
export function engineHealthy(options?: ProbeOptions): DeclaredEngineHealthcheck {
  return made({ kind: "engine-healthy" }, options);
}
