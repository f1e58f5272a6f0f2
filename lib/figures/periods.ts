import type { Period } from "../model/figures.ts";

/** Periods of which one may reach into the other, as such that do not, in order. */
export function joined(periods: readonly Period[]): Period[] {
  const all: Period[] = [];
  for (const next of [...periods].sort((a, b) => a.sinceMs - b.sinceMs)) {
    const last = all.at(-1);
    if (next.untilMs <= next.sinceMs) continue;
    if (last === undefined || next.sinceMs > last.untilMs) all.push(next);
    else all[all.length - 1] = { ...last, untilMs: Math.max(last.untilMs, next.untilMs) };
  }
  return all;
}

/** What is in both. */
export function common(a: readonly Period[], b: readonly Period[]): Period[] {
  const others = joined(b);
  return joined(a).flatMap((one) =>
    others
      .map((other) => ({
        sinceMs: Math.max(one.sinceMs, other.sinceMs),
        untilMs: Math.min(one.untilMs, other.untilMs),
      }))
      .filter(({ sinceMs, untilMs }) => untilMs > sinceMs),
  );
}

/** What is in `a` and not in `b`. */
export function without(a: readonly Period[], b: readonly Period[]): Period[] {
  const left: Period[] = [];
  const cut = joined(b);
  for (const { sinceMs, untilMs } of joined(a)) {
    let fromMs = sinceMs;
    for (const hole of cut) {
      if (hole.untilMs <= fromMs || hole.sinceMs >= untilMs) continue;
      if (hole.sinceMs > fromMs) left.push({ sinceMs: fromMs, untilMs: hole.sinceMs });
      fromMs = hole.untilMs;
    }
    if (fromMs < untilMs) left.push({ sinceMs: fromMs, untilMs });
  }
  return left;
}

/** How long they are together. */
export function lengthMs(periods: readonly Period[]): number {
  return joined(periods).reduce((sum, { sinceMs, untilMs }) => sum + untilMs - sinceMs, 0);
}
