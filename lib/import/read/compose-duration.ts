const unitMs = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 } as const;
const part = /(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:h|ms|m|us|µs|ns|s))+$/;

/**
 * The milliseconds in a duration as compose files have them, "1m30s"; undefined where the text is none.
 * A number without a unit is seconds.
 */
export function composeDurationMs(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!whole.test(text)) return undefined;
  return [...text.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as keyof typeof unitMs],
    0,
  );
}
