import type { StateCauseText } from "../model/status.ts";

/** A service that has failed by itself, and why. */
export interface Failure {
  readonly service: string;
  readonly cause: StateCauseText;
}

/**
 * The root of several failures: the first of them that has failed, or else one that it needs, at any distance. A dependent is often
 * the first to notice.
 */
export function rootOf(
  first: Failure,
  failures: readonly Failure[],
  needs: (service: string) => readonly string[],
): Failure {
  const needed = allNeeds(first.service, needs);
  const above = failures.filter(({ service }) => needed.has(service));
  const root = above.find(({ service }) => {
    const itsNeeds = allNeeds(service, needs);
    return above.every((other) => !itsNeeds.has(other.service));
  });
  return root ?? failures.find(({ service }) => service === first.service) ?? first;
}

/** The services that one needs, at any distance. */
export function allNeeds(
  service: string,
  needs: (service: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...needs(service)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || name === service) continue;
    found.add(name);
    waiting.push(...needs(name));
  }
  return found;
}
