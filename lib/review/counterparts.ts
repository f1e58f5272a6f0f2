import { isDeepStrictEqual } from "node:util";
import type { ValidationLevel } from "../model/level.ts";
import { isEnabled, validationLevels } from "../model/level.ts";
import type { PlanView, ProbeView, ServiceView } from "./plan-view.ts";

export interface ProbePair {
  readonly service: string;
  readonly probe: string;
  readonly was: ProbeView;
  readonly is: ProbeView | undefined;
}

/** The probes of services that are in both plans, each with what has become of it. */
export function probePairs(before: PlanView, after: PlanView): ProbePair[] {
  return sharedServices(before, after).flatMap(([service, was, is]) =>
    Object.entries(was.probes).map(([probe, own]) => ({ service, probe, was: own, is: is.probes[probe] })),
  );
}

export type LastingPair = ProbePair & { readonly is: ProbeView };
const lasts = (pair: ProbePair): pair is LastingPair => pair.is !== undefined;

/** Those that were enabled and still are. */
export function enabledPairs(before: PlanView, after: PlanView): LastingPair[] {
  return probePairs(before, after)
    .filter(lasts)
    .filter(({ was, is }) => isEnabledIn(before, was) && isEnabledIn(after, is));
}

/** Those that are no longer enabled because of what they themselves say. */
export function disabledPairs(before: PlanView, after: PlanView): LastingPair[] {
  return probePairs(before, after)
    .filter(lasts)
    .filter(({ was, is }) => isEnabledIn(before, was) && !isEnabledIn(after, is) && !isEnabledIn(before, is));
}

/** The same question under another name. */
export function isRenamed(was: ProbeView, before: PlanView, after: PlanView, service: string): boolean {
  return Object.entries(after.services[service]?.probes ?? {}).some(
    ([name, is]) =>
      !Object.hasOwn(before.services[service]?.probes ?? {}, name) &&
      isDeepStrictEqual(is.json, was.json) &&
      isEnabledIn(after, is),
  );
}

/** Whether a probe is enabled in an environment. A level that this version does not know is taken to enable everything. */
export function isEnabledIn({ level: own }: PlanView, { level, mutates }: ProbeView): boolean {
  const isKnown = (text: string): text is ValidationLevel =>
    (validationLevels as readonly string[]).includes(text);
  return !isKnown(own) || !isKnown(level) || isEnabled(own, { level, mutates });
}

export function sharedServices(
  before: PlanView,
  after: PlanView,
): (readonly [string, ServiceView, ServiceView])[] {
  return Object.entries(before.services).flatMap(([name, was]) => {
    const is = Object.hasOwn(after.services, name) ? after.services[name] : undefined;
    return is === undefined ? [] : [[name, was, is] as const];
  });
}
