import type { Duration } from "../core/duration.ts";
import type { Alerting } from "./alerting.ts";
import type { FailureHandling, Parity, Phase, StackDeclaration } from "./declaration.ts";
import type { Environment } from "./environment.ts";
import type { Needs } from "./needs.ts";
import type { Registries } from "./registries.ts";
import type { Service } from "./service.ts";
import type { Supervision } from "./supervision.ts";
import type { Metrics } from "./telemetry.ts";

type Services = Readonly<Record<string, Service>>;
/** What is inferred of a phase. What is judged alone is left open: a wrong duration must not spoil what is known of names. */
interface InferredPhase {
  readonly title?: unknown;
  readonly services: readonly string[];
  readonly dependsOn?: unknown;
  readonly validation: string;
  readonly timeout?: unknown;
  readonly edgeTimeout?: unknown;
}
type Phases = Readonly<Record<string, InferredPhase>>;
type NameIn<T> = keyof T & string;

/** The services of a phase. */
type Members<P extends Phases, K extends keyof P> = P[K]["services"][number];

/** The services of all other phases. */
type Elsewhere<P extends Phases, K extends keyof P> = {
  [Other in Exclude<keyof P, K>]: Members<P, Other>;
}[Exclude<keyof P, K>];

/** The validations that all services of a phase define. Distributes over the members and intersects. */
type SharedValidation<S extends Services, Member extends string> = (
  Member extends keyof S ? (S[Member] extends Service<infer V, string> ? (v: V) => void : never) : never
) extends (v: infer Shared) => void
  ? Shared
  : never;

// Names that are computed, of the type string, are known when the plan is resolved.
type CheckedMember<S extends Services, P extends Phases, K extends keyof P, Member> = string extends Member
  ? Member
  : Member extends NameIn<S>
    ? Member extends Elsewhere<P, K>
      ? ServiceInTwoPhases<Member>
      : Member
    : UnknownService<Member & string, Extract<keyof S, string>>;

// A type parameter of its own: only then does the mapping keep the tuple a tuple.
type CheckedMembers<S extends Services, P extends Phases, K extends keyof P, M extends readonly string[]> = {
  readonly [I in keyof M]: CheckedMember<S, P, K, M[I]>;
};

type CheckedPredecessors<Known extends string, D extends readonly string[]> = {
  readonly [I in keyof D]: string extends D[I] ? D[I] : D[I] extends Known ? D[I] : UnknownPhase<D[I], Known>;
};

/** What is inferred is not searched for keys too many: each of them is given a type that nothing has. */
type CheckedKeys<Given, Known> = {
  readonly [Key in Exclude<keyof Given, keyof Known>]: UnknownKey<Key & string, keyof Known & string>;
};

type CheckedPhases<S extends Services, P extends Phases> = {
  readonly [K in keyof P]: CheckedKeys<P[K], Phase> & {
    readonly title: P[K]["title"] extends string ? P[K]["title"] : MustBe<"a text">;
    readonly services: CheckedMembers<S, P, K, P[K]["services"]>;
    readonly dependsOn?: P[K]["dependsOn"] extends readonly string[]
      ? CheckedPredecessors<Exclude<NameIn<P>, K>, P[K]["dependsOn"]>
      : MustBe<"a list of phases">;
    readonly validation: P[K]["validation"] extends SharedValidation<S, Members<P, K>>
      ? P[K]["validation"]
      : ValidationNotDefined<P[K]["validation"], Members<P, K>>;
    readonly timeout: CheckedDuration<P[K]["timeout"]>;
    readonly edgeTimeout?: CheckedDuration<P[K]["edgeTimeout"]>;
  };
};

type CheckedDuration<Given> = Given extends Duration ? Given : MustBe<'a duration such as "180s"'>;

type CheckedServices<S extends Services, P extends Phases> = {
  readonly [K in keyof S]: S[K] extends Service<string, infer R>
    ? [string extends R ? never : R] extends [NameIn<S>]
      ? K extends Members<P, keyof P>
        ? S[K] & CheckedKeys<S[K], Service>
        : ServiceInNoPhase<K & string>
      : UrlOfUnknownService<Exclude<R, NameIn<S>>>
    : never;
};

// What stands in the editor under a red line: a type whose name and text say what is wrong. They are objects,
// because a literal in their place would be reduced to "never" and say nothing.

/** Appears in the editor where there is a key that means nothing: a misspelt one, as a rule. */
export interface UnknownKey<Key extends string, Known extends string> {
  readonly problem: `${Key} is not known here`;
  readonly known: Known;
}

/** Appears in the editor where a value has a form that it cannot have. */
export interface MustBe<What extends string> {
  readonly problem: `must be ${What}`;
}

/** Appears in the editor where a phase lists a service that the stack does not have. */
export interface UnknownService<Name extends string, Known extends string> {
  readonly problem: `there is no service ${Name}`;
  readonly known: Known;
}

/** Appears in the editor where `dependsOn` names a phase that the stack does not have, or the phase itself. */
export interface UnknownPhase<Name extends string, Known extends string> {
  readonly problem: `there is no other phase ${Name}`;
  readonly known: Known;
}

/** Appears in the editor where a service is listed in two phases. */
export interface ServiceInTwoPhases<Name extends string> {
  readonly problem: `the service ${Name} is in two phases`;
}

/** Appears in the editor where a phase asks for a validation that one of its services does not define. */
export interface ValidationNotDefined<Validation extends string, Member extends string> {
  readonly problem: `the validation ${Validation} is not defined by every service of the phase`;
  readonly services: Member;
}

/** Appears in the editor where a service is in no phase. */
export interface ServiceInNoPhase<Name extends string> {
  readonly problem: `the service ${Name} is in no phase`;
}

/** Appears in the editor where `urlOf()` names a service that the stack does not have. */
export interface UrlOfUnknownService<Name extends string> {
  readonly problem: `urlOf("${Name}"): no such service`;
}

/**
 * Declares a stack. A name that does not exist, a service in no phase or in two, a phase whose validation a
 * service does not define, a malformed duration and an unknown level are compile errors; what types cannot
 * say (cycles, edges to later phases, port clashes) is reported by `resolvePlan()`, all together.
 *
 * @example
 * defineStack({
 *   name: "shop",
 *   environments: ["development", "production"],
 *   services: { postgres: postgres({ ... }), api: httpService({ ... }) },
 *   phases: {
 *     infrastructure: { title: "Infrastructure", services: ["postgres"], validation: "connectivity", timeout: "60s" },
 *     application: { title: "Application", services: ["api"], dependsOn: ["infrastructure"], validation: "ready", timeout: "60s" },
 *   },
 *   needs: { api: ["postgres"] },
 *   failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "30s" },
 *   parity: { allow: [{ path: "services.*.published.port", reason: "each environment has its own ports" }] },
 * });
 */
export function defineStack<const S extends Services, const P extends Phases>(declaration: {
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly services: S & CheckedServices<S, P>;
  readonly phases: P & CheckedPhases<S, P>;
  readonly needs?: { readonly [K in NameIn<S>]?: Needs<Exclude<NameIn<S>, K>> };
  readonly failureHandling: FailureHandling;
  readonly supervision?: Supervision;
  readonly alerting?: Alerting;
  readonly metrics?: Metrics;
  readonly registries?: Registries;
  readonly parity?: Parity;
}): StackDeclaration {
  const { needs = {} } = { ...declaration };
  // What the checked types say of names is more than a stack declaration says of them.
  return { ...declaration, needs } as unknown as StackDeclaration;
}
