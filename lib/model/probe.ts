import { z } from "zod";
import { exactObject } from "../core/schema-parts.ts";
import type { Protocol } from "./endpoint.ts";
import { probeKinds } from "./probe-kinds/registry.ts";
import type { DeclaredAs, KindFacts } from "./probe-parts/kind.ts";
import type { Common, ProbeOptions } from "./probe-parts/options.ts";
import { commonProbeSchemas } from "./probe-parts/options.ts";
import type { SharedKind, sharedKinds } from "./probe-parts/shared-kinds.ts";

export type ProbeKind = keyof typeof probeKinds;

/** A probe in a plan that is not put together of others, of one kind. */
export type ProbeOf<K extends ProbeKind> = K extends ProbeKind
  ? z.infer<(typeof probeKinds)[K]["schema"]>
  : never;

type SingleProbe = ProbeOf<ProbeKind>;

/** A probe that is put together of others. A part has the level of the whole, and at most its timeout. */
export type CompositeProbe = Common &
  (
    | { readonly kind: "all" | "any"; readonly parts: readonly Probe[] }
    | { readonly kind: "not"; readonly part: Probe }
  );

/** A probe in a plan: nothing left to defaults. */
export type Probe = SingleProbe | CompositeProbe;

export const singleProbeSchemas = Object.values(probeKinds).map(({ schema }) => schema);

// Lazy, because composites hold probes.
export const probeSchema: z.ZodType<Probe> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    exactObject({
      kind: z.enum(["all", "any"]),
      ...commonProbeSchemas,
      parts: z.array(probeSchema).min(1).max(100),
    }),
    exactObject({ kind: z.literal("not"), ...commonProbeSchemas, part: probeSchema }),
    ...singleProbeSchemas,
  ]),
);

/** What is known of a probe's kind. */
export function factsOf<K extends ProbeKind>({ kind }: { readonly kind: K }): KindFacts<ProbeOf<K>> {
  // Which kind it is of, the registry's type cannot follow through a union.
  return probeKinds[kind] as unknown as KindFacts<ProbeOf<K>>;
}

/** Whether a probe is put together of others. */
export function isComposite(probe: Probe): probe is CompositeProbe {
  return probe.kind === "all" || probe.kind === "any" || probe.kind === "not";
}

/** The protocol that a probe of this kind speaks, where it speaks one of the service's own. */
export function protocolOf(kind: string): Protocol | undefined {
  return Object.hasOwn(probeKinds, kind) ? factsOf({ kind: kind as ProbeKind }).speaks : undefined;
}

/** Whether a probe goes over the network, as a client of the service would, in all its parts: it can run from anywhere. */
export function asksOverNetwork(probe: Probe): boolean {
  if (isComposite(probe)) return partsOf(probe).every(asksOverNetwork);
  return factsOf(probe).looksAtContainer !== true;
}

/** The kinds of a declaration: those of plans, and those that come to one by the kind of service. */
export type DeclaredKind = ProbeKind | SharedKind;

/** A probe as declared, of any of these kinds, that is not put together of others. */
export type DeclaredSingle<K extends DeclaredKind = DeclaredKind> = K extends ProbeKind
  ? DeclaredAs<(typeof probeKinds)[K]>
  : K extends SharedKind
    ? DeclaredAs<(typeof sharedKinds)[K]>
    : never;

/** Every part must pass, or at least one. */
export interface DeclaredGroup<P> extends ProbeOptions {
  readonly kind: "all" | "any";
  readonly parts: readonly P[];
}

/** The part must not pass. */
export interface DeclaredNot<P> extends ProbeOptions {
  readonly kind: "not";
  readonly part: P;
}

/**
 * A probe of one of these kinds as declared, or one put together of them: what is left out is filled in when
 * the plan is resolved. `completed` stands alone: it is enabled for every job, at every level.
 */
export type DeclaredProbe<K extends DeclaredKind = DeclaredKind> =
  | DeclaredSingle<K>
  | DeclaredGroup<DeclaredProbe<Exclude<K, "completed">>>
  | DeclaredNot<DeclaredProbe<Exclude<K, "completed">>>;

/** The probes that a probe is put together of; none of most. */
export function partsOf(probe: Probe): readonly Probe[];
export function partsOf(probe: DeclaredProbe): readonly DeclaredProbe[];
export function partsOf(probe: Probe | DeclaredProbe): readonly (Probe | DeclaredProbe)[] {
  if (probe.kind === "all" || probe.kind === "any") return probe.parts;
  return probe.kind === "not" ? [probe.part] : [];
}

/** What a probe asks, in a few words that can stand for it in a sentence: "GET /health", "the query SELECT 1". */
export function describeProbe(probe: Probe): string {
  if (!isComposite(probe)) return factsOf(probe).describe(probe);
  if (probe.kind === "not") return `not (${describeProbe(probe.part)})`;
  return `${probe.kind} of (${probe.parts.map(describeProbe).join(", ")})`;
}
