import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { implies } from "../../../lib/review/implication.ts";

const common = { timeout: "5s", level: "basic", mutates: false } as const;
const tcp = (port: number, timeout = "5s"): Json => ({ kind: "tcp", ...common, timeout, port });
const exec = (stdout?: string): Json => ({
  kind: "exec",
  ...common,
  command: ["check"],
  exitCode: 0,
  ...(stdout !== undefined && { stdout }),
});
const all = (...parts: readonly Json[]): Json => ({ kind: "all", ...common, parts });
const any = (...parts: readonly Json[]): Json => ({ kind: "any", ...common, parts });
const not = (part: Json): Json => ({ kind: "not", ...common, part });

describe("a probe passes only where another would", () => {
  test.for<[string, Json, Json, boolean]>([
    ["the same", tcp(1), tcp(1), true],
    ["a tighter bound", tcp(1, "4s"), tcp(1, "5s"), true],
    ["a looser bound", tcp(1, "6s"), tcp(1, "5s"), false],
    ["another question", tcp(1), tcp(2), false],
    ["a part more that must pass", all(tcp(1), tcp(2)), all(tcp(1)), true],
    ["a part less that must pass", all(tcp(1)), all(tcp(1), tcp(2)), false],
    ["a way less to pass", any(tcp(1)), any(tcp(1), tcp(2)), true],
    ["a way more to pass", any(tcp(1), tcp(2)), any(tcp(1)), false],
    ["all for any", all(tcp(1), tcp(2)), any(tcp(2), tcp(3)), true],
    ["any for all", any(tcp(1), tcp(2)), all(tcp(1), tcp(2)), false],
    ["one alone for one among all", all(tcp(1), tcp(2)), tcp(1), true],
    ["parts in another order", all(tcp(2), tcp(1)), all(tcp(1), tcp(2)), true],
    ["a negation of more", not(any(tcp(1), tcp(2))), not(tcp(1)), true],
    ["a negation of less", not(tcp(1)), not(any(tcp(1), tcp(2))), false],
    ["another pattern", exec("ready"), exec("."), false],
    ["a pattern where there was none", exec("ready"), exec(), true],
    ["no pattern where there was one", exec(), exec("ready"), false],
    ["a negation for what it negates", not(tcp(1)), tcp(1), false],
  ])("%s", ([, one, other, expected]) => {
    expect(implies(one, other)).toBe(expected);
  });
});

/** Probes of which each simple one is true or false by its port: what passes can be computed. */
const anyProbe = fc.letrec<{ probe: Json }>((tie) => ({
  probe: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.integer({ min: 0, max: 3 }).map((port) => tcp(port)),
    fc.array(tie("probe"), { minLength: 1, maxLength: 3 }).map((parts) => all(...parts)),
    fc.array(tie("probe"), { minLength: 1, maxLength: 3 }).map((parts) => any(...parts)),
    tie("probe").map(not),
  ),
})).probe;

function passes(probe: Json, open: readonly boolean[]): boolean {
  const { kind, port, parts, part } = probe as { kind: string; port: number; parts: Json[]; part: Json };
  if (kind === "tcp") return open[port] === true;
  if (kind === "not") return !passes(part, open);
  return kind === "all" ? parts.every((one) => passes(one, open)) : parts.some((one) => passes(one, open));
}

test("what is said to be implied is, whichever ports are open", { timeout: 60_000 }, () => {
  const ports = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(anyProbe, anyProbe, ports, (one, other, open) => {
      expect(implies(one, one)).toBe(true);
      if (implies(one, other) && passes(one, open)) expect(passes(other, open)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
