import { durationMs } from "../core/duration.ts";
import { percentile } from "../core/percentile.ts";
import type { LatencyBound } from "../model/probe-parts/latency-bound.ts";
import type { Finding, Measured } from "./outcome.ts";
import { causeOf } from "./outcome.ts";
import type { AttemptContext } from "./probe-kind.ts";

/**
 * Runs a request `samples` times, one after the other, and judges the 95th percentile of the time they took.
 * The measurement is part of the finding whether it passes or not.
 *
 * @param request one request; it gets its number, counted from 0. What it finds wrong ends the measuring
 * @param now a monotonic clock in milliseconds with fractions. An attempt's own clock counts whole
 *   milliseconds of the day, which is too coarse for a bound of a few.
 */
export async function judgeLatency(
  { under, samples }: LatencyBound,
  address: string,
  context: Pick<AttemptContext, "step">,
  request: (n: number) => Promise<Finding | void>,
  now: () => number = () => performance.now(),
): Promise<Finding> {
  const took: number[] = [];
  for (let n = 0; n < samples; n += 1) {
    context.step(`measuring, with ${n} of ${samples} requests answered`);
    const start = now();
    const wrong = await request(n);
    if (wrong) return wrong;
    took.push(now() - start);
  }
  const measured: Measured = { p95Ms: percentile(took, 95), samples };
  if (measured.p95Ms < durationMs(under)) return { passed: true, measured };
  const text = `the 95th percentile of ${samples} requests to ${address} is ${preciseMs(measured.p95Ms)}, expected under ${under}`;
  return { passed: false, cause: causeOf("slow", text), measured };
}

function preciseMs(ms: number): string {
  return `${ms < 100 ? ms.toFixed(2) : Math.round(ms)}ms`;
}
