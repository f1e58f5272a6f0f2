import type { Json } from "../core/json.ts";
import type { Allowance, StackDeclaration } from "../model/declaration.ts";
import { isEveryAddress } from "../model/container/ports.ts";
import { environmentsOf, withServices } from "../model/environments-of.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Origin } from "../model/plan-origin.ts";
import { planOrigins } from "../model/plan-origin.ts";
import type { PlanPath } from "../model/plan-path.ts";
import { matchPath, pathText, pattern } from "../model/plan-path.ts";
import type { Profile } from "../model/profile.ts";
import { resolvePlan } from "../model/resolve-plan.ts";
import type { Service } from "../model/service.ts";
import type { Value } from "./differences.ts";
import { differences, valueAt } from "./differences.ts";
import { foldReplicas } from "./fold-replicas.ts";

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

/**
 * What of the plans is compared: each without the services that only some of these environments have, and with a declared service
 * in the place of its instances. Who is left out where is a difference that the declaration itself allows.
 */
function comparable(declaration: StackDeclaration, stacks: readonly ResolvedStack[]) {
  const isEverywhere = (service: Service) =>
    stacks.every(({ profile: { environment } }) =>
      environmentsOf(declaration, service).includes(environment),
    );
  const some = Object.entries(declaration.services).filter(([, service]) => !isEverywhere(service));
  const shared = withServices(declaration, isEverywhere);
  const optional = some.flatMap(([name, service]): ParityDifference[] => {
    const has = ({ profile }: ResolvedStack) =>
      environmentsOf(declaration, service).includes(profile.environment);
    // Whoever calls it is only where it is, too: what the others have in common says nothing of it.
    return [
      {
        path: pathText(["services", name]),
        values: stacks.map((stack) => ({
          stack: stack.plan.stack,
          value: has(stack) ? "present" : undefined,
          origins: [{ from: "declaration", at: pathText(["services", name, "in"]) }],
        })),
        allowedBy: {
          path: pathText(["services", name]),
          reason: `the declaration says so: in ${environmentsOf(declaration, service).join(", ")}`,
        },
      },
    ];
  });
  const plans =
    some.length === 0 || Object.keys(shared.services).length === 0
      ? stacks.map(({ plan }) => plan)
      : stacks.map(({ profile, plan }) => resolvePlan(shared, profile, plan.stack));
  // Where it is, it is the same.
  const own = some.flatMap(([name, service]) => {
    const has = stacks.map(({ profile }) =>
      environmentsOf(declaration, service).includes(profile.environment),
    );
    const values = stacks.map(({ plan }) => valueAt(foldReplicas(plan as Json), ["services", name]));
    const among = differences(
      values.filter((_, i) => has[i]),
      ["services", name],
    );
    return among.map(({ path, values: found }) => {
      const rest = [...found];
      return { path, values: has.map((is) => (is ? rest.shift() : undefined)) };
    });
  });
  return { common: plans.map((plan) => foldReplicas(plan as Json)), own, optional };
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
  const { common, own, optional } = comparable(declaration, stacks);
  const found = [...differences(common), ...own]
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
    differences: [...optional, ...found],
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
