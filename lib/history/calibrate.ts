import type { Duration } from "../core/duration.ts";
import { describeMs, durationMs, toDuration } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import { isEnabled } from "../model/level.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { isStartedByUp } from "../model/plan.ts";
import type { StartDurations } from "./start-durations.ts";

/**
 * How many starts of a service a timeout may rest on. With so many the longest lies above the 95th percentile
 * of all starts with a confidence of 95 %: 1 − 0.95^59 = 0.952 (the distribution-free tolerance limit of
 * S. S. Wilks, "Determination of Sample Sizes for Setting Tolerance Limits", 1941). With fewer, the p99 of the
 * sample is its longest start and little more than a guess.
 */
export const leastStarts = 59;

/** What one stack's history says. */
export interface StackStarts {
  readonly plan: LifecyclePlan;
  readonly services: readonly StartDurations[];
}

/** What a phase's timeout should be, or why that cannot be said. */
export type Calibration = { readonly phase: string; readonly timeout: Duration } & (
  | { readonly proposed: Duration; readonly why: string; readonly refused?: never }
  | { readonly refused: string; readonly proposed?: never; readonly why?: never }
);

/**
 * Proposes each phase's timeout: the p99 of its slowest service times the margin, before the environment's
 * multiplier, rounded up. It leaves room for at least two attempts that hang until the longest of the phase's
 * probe timeouts. Of several stacks the one that needs most decides, and one that cannot say refuses.
 * @param stacks of one declaration
 * @param margin at least 1
 */
export function calibrate(stacks: readonly StackStarts[], margin: number): Calibration[] {
  const [first] = stacks;
  if (first === undefined) return [];
  return Object.entries(first.plan.phases).map(([phase, { timeout }]) => {
    const needs = stacks.map((stack) => needOf(stack, phase, margin));
    const refused = needs.flatMap((need) => ("refused" in need ? [need.refused] : []));
    if (refused.length > 0) return { phase, timeout, refused: refused.join("; ") };
    const [most] = needs
      .flatMap((need) => ("refused" in need ? [] : [need]))
      .sort((a, b) => b.timeoutMs - a.timeoutMs);
    if (most === undefined) return { phase, timeout, refused: "it is not in the plan" };
    return { phase, timeout, proposed: toDuration(roundedUp(most.timeoutMs)), why: most.why };
  });
}

type Need = { readonly timeoutMs: number; readonly why: string } | { readonly refused: string };

function needOf({ plan, services }: StackStarts, phase: string, margin: number): Need {
  const members = plan.phases[phase]?.services ?? [];
  const started = members.filter((member) => isStartedByUp(plan.services[member]));
  if (started.length === 0 && members.length > 0)
    return { refused: `stack ${plan.stack}: no \`up\` starts any of ${members.join(", ")}` };
  const durations = started.flatMap((member) => services.find(({ service }) => service === member) ?? []);
  const refusals = durations.flatMap((service) => refusal(service) ?? []);
  if (refusals.length > 0) return { refused: `stack ${plan.stack}: ${refusals.join(", ")}` };
  const [slowest] = durations.sort((a, b) => b.p99Ms - a.p99Ms);
  if (slowest === undefined) return { refused: `stack ${plan.stack} does not have this phase` };

  const multiplier = plan.startupTimeoutMultiplier;
  const hang = longestProbeMs(plan, members);
  const wanted = slowest.p99Ms * margin;
  const least = 2 * hang;
  const divided = `, divided by the multiplier ${multiplier} of ${plan.environment}`;
  return wanted >= least
    ? {
        timeoutMs: wanted / multiplier,
        why: `p99 of ${slowest.service} ${describeMs(slowest.p99Ms)} × ${margin}${divided}`,
      }
    : {
        timeoutMs: least / multiplier,
        why: `twice the longest probe timeout ${describeMs(hang)}${divided}: p99 of ${slowest.service} is ${describeMs(slowest.p99Ms)}`,
      };
}

function refusal({ service, starts, timedOut, lastTimedOutMs, p99Ms }: StartDurations): string | undefined {
  if (starts < leastStarts) return `${starts} of ${leastStarts} starts of ${service}`;
  if (p99Ms !== Infinity) return undefined;
  const last = lastTimedOutMs === undefined ? "" : `, last ${instantText(lastTimedOutMs)}`;
  return `${timedOut} of ${starts} starts of ${service} ran out of time${last}: its p99 is longer than the budget by an unknown amount`;
}

function longestProbeMs({ services, validationLevel }: LifecyclePlan, members: readonly string[]): number {
  const probes = members.flatMap((member) => Object.values(services[member]?.readiness.probes ?? {}));
  const enabled = probes.filter((probe) => isEnabled(validationLevel, probe));
  return Math.max(0, ...enabled.map(({ timeout }) => durationMs(timeout)));
}

/** Up to what a person would have written: whole seconds up to 10 s, then steps of 5 s, 10 s and 60 s. */
function roundedUp(ms: number): number {
  const stepMs = ms <= 10_000 ? 1000 : ms <= 60_000 ? 5000 : ms <= 600_000 ? 10_000 : 60_000;
  return Math.ceil(ms / stepMs) * stepMs;
}
