import { durationMs, isDuration, toDuration } from "../core/duration.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Profile } from "./profile.ts";
import { resolveProbe } from "./resolve-probe.ts";
import type { Service } from "./service.ts";
import type { SlowBound } from "./supervision.ts";
import { leastAttempts } from "./supervision.ts";

/** Takes a problem's place in the declaration, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Who is judged by a bound, and how seldom it may be probed. */
interface Judged {
  readonly service: string;
  readonly cycleMs: number;
}

/**
 * Whether what is said of slow services can ever be found out in this environment. A bound whose window or baseline never has
 * enough attempts would say nothing, and look as if all were well.
 */
export function checkSupervision(declaration: StackDeclaration, profile: Profile, report: Report): void {
  const { supervision, services } = declaration;
  const servers = Object.entries(services).filter(([, { kind }]) => kind !== "job");
  const judged = (name: string, service: Service): Judged => ({
    service: name,
    cycleMs: cycleMs(service, service.supervision?.interval ?? supervision?.interval, profile),
  });
  const slowest = () =>
    servers
      .filter(([, own]) => own.supervision?.slow === undefined)
      .map(([name, own]) => judged(name, own))
      .sort((a, b) => b.cycleMs - a.cycleMs)[0];
  const check = (
    slow: SlowBound | false | undefined,
    place: readonly string[],
    one: () => Judged | undefined,
  ) => {
    if (slow === undefined || slow === false) return;
    for (const [key, message] of problemsOf(slow, one(), profile))
      report([...place, "supervision", "slow", key], message);
  };
  check(supervision?.slow, [], slowest);
  for (const [name, own] of servers)
    check(own.supervision?.slow, ["services", name], () => judged(name, own));
}

function problemsOf(
  { window, baseline }: SlowBound,
  judged: Judged | undefined,
  { environment }: Profile,
): readonly (readonly [keyof SlowBound, string])[] {
  // What is malformed has been reported.
  if (!isDuration(window) || !isDuration(baseline)) return [];
  const [windowMs, baselineMs] = [durationMs(window), durationMs(baseline)];
  if (windowMs >= baselineMs)
    return [["window", `${window} is not shorter than the baseline of ${baseline}`]];
  if (judged === undefined) return [];
  const { service, cycleMs } = judged;
  const tooFew = (attempts: number, leastMs: number) =>
    `has no room for ${attempts} attempts on ${service}, one in ${toDuration(cycleMs)} if they take as long as they may in ${environment}: make it ${toDuration(leastMs)} at least`;
  const leastWindowMs = leastAttempts.window * cycleMs;
  const leastBaselineMs = Math.max(windowMs, leastWindowMs) + leastAttempts.baseline * cycleMs;
  return [
    ...(windowMs < leastWindowMs
      ? [["window", `${window} ${tooFew(leastAttempts.window, leastWindowMs)}`] as const]
      : []),
    ...(baselineMs < leastBaselineMs
      ? [
          [
            "baseline",
            `${baseline} ${tooFew(leastAttempts.baseline, leastBaselineMs)}, the window included`,
          ] as const,
        ]
      : []),
  ];
}

/** The longest time from one attempt to the next: a service that gets slow is probed less often. */
function cycleMs(
  { validations = {} }: Service,
  interval: string | undefined,
  { healthCheckInterval }: Profile,
): number {
  const timeouts = Object.values(validations)
    .flatMap((probes) => Object.values(probes))
    .map((probe) => resolveProbe(probe).timeout);
  const ms = (text: string) => (isDuration(text) ? durationMs(text) : 0);
  return ms(interval ?? healthCheckInterval) + Math.max(0, ...timeouts.map(ms));
}
