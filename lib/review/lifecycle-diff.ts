import { isDeepStrictEqual } from "node:util";
import type { Json } from "../core/json.ts";
import type { Change } from "./changes.ts";
import { changesBetween } from "./changes.ts";
import { enabledPairs } from "./counterparts.ts";
import { implies, isComposite, questionOf } from "./implication.ts";
import type { PlanView } from "./plan-view.ts";
import type { Finding } from "./weakening.ts";
import { strengthenings, weakenings } from "./weakening.ts";

/** The plans of a project's stacks at one revision, by the stack's name. */
export type Plans = Readonly<Record<string, PlanView>>;

/** What is the same for several services or in several stacks, once. */
export type Grouped<T extends { readonly name: string }> = Omit<T, "name"> & {
  readonly names: readonly string[];
  readonly stacks: readonly string[];
};

/** A probe that asks something else under its old name. No rule can say whether that is less. */
export interface OtherQuestion {
  readonly name: string;
  readonly probe: string;
}

/** What changes in the lifecycle from one revision to another. */
export interface LifecycleDiff {
  /** The stacks that both have, and so are compared. */
  readonly stacks: readonly string[];
  readonly addedStacks: readonly string[];
  readonly removedStacks: readonly string[];
  readonly changes: readonly Grouped<Change>[];
  readonly weakened: readonly Grouped<Finding>[];
  readonly strengthened: readonly Grouped<Finding>[];
  readonly otherQuestions: readonly Grouped<OtherQuestion>[];
}

/** Compares the plans of two revisions, stack by stack. */
export function diffPlans(base: Plans, head: Plans): LifecycleDiff {
  const shared = Object.entries(base).flatMap(([stack, before]) => {
    const after = Object.hasOwn(head, stack) ? head[stack] : undefined;
    return after === undefined ? [] : [{ stack, before, after }];
  });
  const inEach = <T extends { readonly name: string }>(
    find: (before: PlanView, after: PlanView) => readonly T[],
  ) =>
    groupEqual(
      shared.flatMap(({ stack, before, after }) => find(before, after).map((one) => [stack, one] as const)),
    );
  return {
    stacks: shared.map(({ stack }) => stack),
    addedStacks: Object.keys(head).filter((stack) => !Object.hasOwn(base, stack)),
    removedStacks: Object.keys(base).filter((stack) => !Object.hasOwn(head, stack)),
    changes: inEach(changesBetween),
    weakened: inEach(weakenings),
    strengthened: inEach(strengthenings),
    otherQuestions: inEach(otherQuestions),
  };
}

/** What is the same in several stacks becomes one, then what is the same for several services in the same stacks. */
function groupEqual<T extends { readonly name: string }>(
  items: readonly (readonly [string, T])[],
): Grouped<T>[] {
  const byItem = [...Map.groupBy(items, ([, item]) => JSON.stringify(item)).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ item: first[1], stacks: same.map(([stack]) => stack) }];
  });
  const groups = Map.groupBy(byItem, ({ item: { name: _, ...rest }, stacks }) =>
    JSON.stringify([rest, stacks]),
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { name: _, ...rest } = first.item;
    return [{ ...rest, names: same.map(({ item }) => item.name), stacks: first.stacks }];
  });
}

function otherQuestions(before: PlanView, after: PlanView): OtherQuestion[] {
  return enabledPairs(before, after)
    .filter(({ was, is }) => was.kind === is.kind && isOther(was.json, is.json))
    .map(({ service, probe }) => ({ name: service, probe }));
}

function isOther(was: Json, is: Json): boolean {
  return isComposite(was)
    ? !implies(was, is) && !implies(is, was)
    : !isDeepStrictEqual(questionOf(was), questionOf(is));
}
