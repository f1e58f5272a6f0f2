import { expect, test } from "vitest";
import { courseText, latenciesText } from "../../../lib/cli/latencies-text.ts";
import type { ProbeLatency } from "../../../lib/model/latencies.ts";
import { startMs } from "../../support/statuses.ts";

const probe = (patch: Partial<ProbeLatency> = {}): ProbeLatency => ({
  ...{ service: "redis", probe: "answers", passed: 96, failed: 2, unknown: 1 },
  ...{ p50Ms: 4, p95Ms: 18, p99Ms: 20, maxMs: 41, course: [4, null, 8, 16, null] },
  ...patch,
});
const of = (probes: readonly ProbeLatency[]) =>
  latenciesText("shop (dev)", { sinceMs: startMs, untilMs: startMs + 24 * 3_600_000, probes });

test("a probe is a line, with a bar for each part of the time", () => {
  const nothing = { passed: 0, p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, course: [null, null] };
  expect(of([probe(), probe({ service: "auth", probe: "tokens", ...nothing })])).toBe(
    [
      "shop (dev), the last 1d 0h",
      "service  probe    passed  failed  unknown  p50  p95   p99   longest  p95 over the time",
      "redis    answers  96      2       1        4ms  18ms  20ms  41ms     ▂ ▄█",
      "auth     tokens   0       2       1        –    –     –     –",
    ].join("\n"),
  );
  const none = probe({ probe: "memory", ...nothing, failed: 0, unknown: 0 });
  expect(of([probe(), none])).not.toContain("memory");
  expect(of([none])).toBe("shop (dev), the last 1d 0h: no attempt of a probe is known.");
});

test("bars begin at zero, and one of zero is seen", () => {
  expect(courseText([0, 0])).toBe("▁▁");
  expect(courseText([1, 100])).toBe("▁█");
});

test("each attempt follows where there are any", () => {
  const attempts = [
    { status: "passed", tookMs: 4, atMs: startMs },
    { status: "failed", tookMs: 5000, atMs: startMs + 15_000 },
  ] as const;
  const lines = of([probe({ attempts })]).split("\n");
  expect(lines.slice(-3)[0]).toBe("answers:");
  expect(lines.slice(-2)).toEqual([
    expect.stringMatching(/UTC {2}passed {2}4ms$/),
    expect.stringMatching(/UTC {2}failed {2}5\.0s$/),
  ]);
});
