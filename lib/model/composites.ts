/** Probes put together of other probes. They may be nested; their parts run at the same time. */
import { made } from "./made.ts";
import type { ProbeOptions } from "./probe-parts/options.ts";
import type { DeclaredGroup, DeclaredKind, DeclaredNot, DeclaredProbe } from "./probe.ts";

/**
 * The options of a composite. Its timeout is that of all parts, each of which may have a shorter one; its
 * level is that of all parts; it mutates if any part does, or if it says so.
 */
export type CompositeOptions = ProbeOptions;

/** What may be a part: `completed` stands alone. */
type DeclaredPart = DeclaredProbe<Exclude<DeclaredKind, "completed">>;

/**
 * Every part must pass.
 * @example all([get("/health"), tcp(9090)], { timeout: "2s" })
 */
export function all<const P extends DeclaredPart>(
  parts: readonly P[],
  options?: CompositeOptions,
): DeclaredGroup<P> {
  return made({ kind: "all", parts }, options);
}

/**
 * At least one part must pass; the others are called off then.
 * @example any([get("/health"), get("/healthz")])
 */
export function any<const P extends DeclaredPart>(
  parts: readonly P[],
  options?: CompositeOptions,
): DeclaredGroup<P> {
  return made({ kind: "any", parts }, options);
}

/**
 * The part must fail, by whatever answer. A part that was not answered in time, or could not be run, proves
 * nothing: `not` does not pass by it.
 * @example not(get("/maintenance"))
 */
export function not<const P extends DeclaredPart>(part: P, options?: CompositeOptions): DeclaredNot<P> {
  return made({ kind: "not", part }, options);
}
