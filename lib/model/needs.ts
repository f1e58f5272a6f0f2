import { mapValues } from "../core/record.ts";
import type { Graph } from "./graph.ts";

/** What a dependent does when a service that it needs was replaced, or restarted by an `up`. */
export const dependencyPolicies = ["restart", "revalidate", "ignore"] as const;

/**
 * - `restart`: it is restarted, once what it needs is ready, and proven again
 * - `revalidate`: it runs on, and is proven again
 * - `ignore`: nothing
 */
export type DependencyPolicy = (typeof dependencyPolicies)[number];

/** Which services a service calls: names, or each name with a policy of its own. */
export type Needs<Name extends string = string> =
  readonly Name[] | { readonly [K in Name]?: DependencyPolicy };

/** The needed services by name, with the policies that are spelt out. */
export function needed(needs: Needs = []): Readonly<Record<string, DependencyPolicy | undefined>> {
  return isList(needs) ? Object.fromEntries(needs.map((name) => [name, undefined])) : needs;
}

function isList(needs: Needs): needs is readonly string[] {
  return Array.isArray(needs);
}

/** Which services a service calls. */
export function needsGraph({ needs }: { readonly needs: Readonly<Record<string, Needs>> }): Graph {
  return mapValues(needs, (own) => Object.keys(needed(own)));
}
