/** What rules say of where values of a plan come from, and what they are written with. */
import type { Phase, StackDeclaration } from "../declaration.ts";
import type { PathPattern, PlanPath } from "../plan-path.ts";
import { pathText, pattern } from "../plan-path.ts";
import type { Profile } from "../profile.ts";
import type { Service } from "../service.ts";

/** Where a value of a plan comes from: a place in the declaration, a key of the environment's profile, or a default. */
export interface Origin {
  readonly from: "declaration" | "profile" | "default";
  /** The path in the declaration, the key of the profile, or the name of what is left to its default. */
  readonly at: string;
}

/** A place of a plan that a rule knows. */
export interface Place {
  readonly path: PlanPath;
  /** What the pattern's wildcards stand for. */
  readonly names: readonly string[];
  readonly declaration: StackDeclaration;
  readonly profile: Profile;
}

/** Where the values come from at the places of a pattern. */
export type Rule = readonly [PathPattern, (place: Place) => Origin[]];

export const rule = (place: string, originsOf: (place: Place) => Origin[]): Rule => [
  pattern(place),
  originsOf,
];
export const declared = (...path: readonly string[]): Origin => ({ from: "declaration", at: pathText(path) });
export const profiled = (key: string): Origin => ({ from: "profile", at: key });
export const byDefault = (what: string): Origin => ({ from: "default", at: what });
export const multiplier = profiled("startupTimeoutMultiplier");

/** The same place in the declaration; a default where that says nothing. */
export const samePlace = ({ path, declaration }: Place): Origin[] => {
  const value = path.reduce<unknown>(
    (within, key) =>
      typeof within === "object" && within !== null ? (within as Record<string, unknown>)[key] : undefined,
    declaration,
  );
  return [value === undefined ? byDefault(path.at(-1) ?? "") : declared(...path)];
};

export function phaseOf(
  declaration: StackDeclaration,
  service: string,
): readonly [string, Phase | undefined] {
  const found = Object.entries(declaration.phases).find(([, { services }]) => services.includes(service));
  return found ?? ["", undefined];
}

export function serviceOf({ declaration: { services } }: Place, name: string): Service | undefined {
  return services[name];
}
