import type { Duration } from "../core/duration.ts";
import type { Environment, FailureHandling, Phase, StackDeclaration } from "./declaration.ts";
import type { Service } from "./service.ts";

type Services = Readonly<Record<string, Service>>;
type Phases = Readonly<Record<string, Phase>>;
type NameIn<T> = keyof T & string;

/** The services of a phase. */
type Members<P extends Phases, K extends keyof P> = P[K]["services"][number];

/** The services of all other phases. */
type Elsewhere<P extends Phases, K extends keyof P> = { [Other in Exclude<keyof P, K>]: Members<P, Other> }[Exclude<keyof P, K>];

/** The validations that all services of a phase define. Distributes over the members and intersects. */
type SharedValidation<S extends Services, Member extends string> = (
  Member extends keyof S ? (S[Member] extends Service<infer V, string> ? (v: V) => void : never) : never
) extends (v: infer Shared) => void
  ? Shared
  : never;

/** A service that is listed in two phases appears in the editor as this text. */
type CheckedMember<S extends Services, P extends Phases, K extends keyof P, Member> = Member extends NameIn<S>
  ? Member extends Elsewhere<P, K>
    ? `the service ${Member} is in two phases`
    : Member
  : NameIn<S>;

type CheckedPhases<S extends Services, P extends Phases> = {
  readonly [K in keyof P]: {
    readonly title: string;
    readonly services: { readonly [I in keyof P[K]["services"]]: CheckedMember<S, P, K, P[K]["services"][I]> };
    readonly dependsOn?: readonly Exclude<NameIn<P>, K>[];
    readonly validation: SharedValidation<S, Members<P, K>>;
    readonly timeout: Duration;
  };
};

type CheckedServices<S extends Services, P extends Phases> = {
  readonly [K in keyof S]: S[K] extends Service<string, infer R>
    ? [R] extends [NameIn<S>]
      ? K extends Members<P, keyof P>
        ? S[K]
        : ServiceInNoPhase<K & string>
      : UrlOfUnknownService<Exclude<R, NameIn<S>>>
    : never;
};

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
 *   failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, onDependencyChange: "restart", grace: "30s" },
 * });
 */
export function defineStack<const S extends Services, const P extends Phases>(declaration: {
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly services: S & CheckedServices<S, P>;
  readonly phases: P & CheckedPhases<S, P>;
  readonly needs?: { readonly [K in NameIn<S>]?: readonly Exclude<NameIn<S>, K>[] };
  readonly failureHandling: FailureHandling;
}): StackDeclaration {
  return { ...declaration, needs: (declaration.needs ?? {}) as Readonly<Record<string, readonly string[]>> };
}
