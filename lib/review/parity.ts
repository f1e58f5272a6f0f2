import type { Allowance, StackDeclaration } from "../model/declaration.ts";
import { isEveryAddress } from "../model/container/ports.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Origin } from "../model/plan-origin.ts";
import { planOrigins } from "../model/plan-origin.ts";
import type { PlanPath } from "../model/plan-path.ts";
import { matchPath, pathText, pattern } from "../model/plan-path.ts";
import type { Profile } from "../model/profile.ts";
import type { Value } from "./differences.ts";
import type { OptionalService } from "./shared-services.ts";
import { optionalServices, sharedDifferences } from "./shared-services.ts";

/** One environment of a declaration, resolved. */
export interface ResolvedStack {
  readonly profile: Profile;
  readonly plan: LifecyclePlan;
}

/** What one stack's plan says at a place, and what that comes from. */
export interface StackValue {
  readonly stack: string;
  /** Undefined where the plan has nothing there. */
  readonly value: Value;
  readonly origins: readonly Origin[];
}

/** A place at which not all plans agree. */
export interface ParityDifference {
  readonly path: string;
  readonly values: readonly StackValue[];
  /** The first entry of the declaration's list that allows it; undefined when none does. */
  readonly allowedBy: Allowance | undefined;
}

/** How far the environments of one declaration are the same. */
export interface ParityReport {
  readonly declaration: string;
  readonly stacks: readonly string[];
  readonly differences: readonly ParityDifference[];
  /** Entries of the list that allow nothing that is there. */
  readonly unused: readonly Allowance[];
  /** Whether every difference is allowed. */
  readonly same: boolean;
}

/** What a stack is called is no difference between two. */
const identity = ["stack", "environment"].map(pattern);

/** Who is left out where is a difference that the declaration itself allows. */
function leftOut(
  declaration: StackDeclaration,
  stacks: readonly ResolvedStack[],
  { name, isThere }: OptionalService,
): ParityDifference {
  const path = pathText(["services", name]);
  const at = pathText(["services", name, "in"]);
  return {
    path,
    values: stacks.map(({ plan: { stack } }, i) => ({
      stack,
      value: isThere[i] ? "present" : undefined,
      origins: [{ from: "declaration", at }],
    })),
    allowedBy: {
      path,
      reason: `the declaration says so: in ${declaration.services[name]?.in?.join(", ") ?? ""}`,
    },
  };
}

/**
 * Compares the plans of one declaration, all with all: every place at which not all of them agree, and which entry
 * of the declaration's own list allows it. The order of the stacks does not matter.
 */
export function compareStacks(declaration: StackDeclaration, stacks: readonly ResolvedStack[]): ParityReport {
  const allow = (declaration.parity?.allow ?? []).map((entry) => ({ entry, place: pattern(entry.path) }));
  // What is published at every address has its reason there, whether or not environments differ in it.
  const everywhere = stacks.flatMap(({ plan }) => publishedEverywhere(plan));
  const used = new Set<Allowance>(
    allow.filter(({ place }) => everywhere.some((path) => matchPath(place, path))).map(({ entry }) => entry),
  );
  const optional = optionalServices(
    declaration,
    stacks.map(({ profile }) => profile),
  );
  const found = sharedDifferences(
    stacks.map(({ plan }) => plan),
    optional,
  )
    .filter(({ path }) => !identity.some((place) => matchPath(place, path)))
    .map(({ path, values }): ParityDifference => {
      const matching = allow.filter(({ place }) => matchPath(place, path));
      for (const { entry } of matching) used.add(entry);
      return {
        path: pathText(path),
        values: stacks.map(({ profile, plan }, i) => ({
          stack: plan.stack,
          value: values[i],
          origins: planOrigins(path, declaration, profile),
        })),
        allowedBy: matching[0]?.entry,
      };
    });
  return {
    declaration: declaration.name,
    stacks: stacks.map(({ plan }) => plan.stack),
    differences: [...optional.map((service) => leftOut(declaration, stacks, service)), ...found],
    unused: allow.flatMap(({ entry }) => (used.has(entry) ? [] : [entry])),
    same: found.every(({ allowedBy }) => allowedBy !== undefined),
  };
}

function publishedEverywhere({ services }: LifecyclePlan): PlanPath[] {
  return Object.entries(services).flatMap(([service, { ports = {} }]) =>
    Object.entries(ports).flatMap(([name, { published }]) =>
      published && isEveryAddress(published.ip)
        ? [["services", service, "ports", name, "published", "ip"]]
        : [],
    ),
  );
}
