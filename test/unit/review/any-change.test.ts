import fc from "fast-check";
import { expect, test } from "vitest";
import { durationMs, isDuration, toDuration } from "../../../lib/core/duration.ts";
import type { Json } from "../../../lib/core/json.ts";
import { bounds, type Bound } from "../../../lib/review/looser-bounds.ts";
import { diffPlans } from "../../../lib/review/lifecycle-diff.ts";
import { isRecord, valueAt } from "../../../lib/review/differences.ts";
import { strengthenings, weakenings } from "../../../lib/review/weakening.ts";
import { anyDeclaration } from "../../support/any-declaration.ts";
import { leaves } from "../../support/perturbed.ts";
import { changedView, planView } from "../../support/plan-views.ts";
import { netra } from "../../../stacks/netra.ts";

const supervision = { slow: { window: "10m", baseline: "24h", factor: 3 } } as const;
const base = planView({ validationLevel: "productionSimulation" }, { ...netra, supervision });

/** Every place of the plan that a bound speaks of. */
const boundPlaces = leaves(base.json)
  .flatMap((leaf) => leaf.map((_, i) => leaf.slice(0, i + 1)))
  .map((path) => path.join("\n"))
  .filter((path, i, all) => all.indexOf(path) === i)
  .map((path) => path.split("\n"))
  .flatMap((path) => bounds.filter((bound) => isAt(bound, path)).map((bound) => ({ bound, path })));

function isAt({ of, at, onlyWith }: Bound, path: readonly string[]): boolean {
  const depth = { stack: 0, phase: 2, service: 2, probe: 5 }[of];
  const root = { stack: undefined, phase: "phases", service: "services", probe: "services" }[of];
  const below = path.slice(depth).join(".");
  // Nobody watches a job that has ended.
  if (at.startsWith("supervision.") && base.services[path[1] ?? ""]?.job) return false;
  const beside = onlyWith === undefined ? [] : valueAt(base.json, [...path.slice(0, depth), onlyWith]);
  if (onlyWith !== undefined && (!Array.isArray(beside) || beside.length === 0)) return false;
  return (root === undefined || path[0] === root) && below === at && (of !== "probe" || path[3] === "probes");
}

/** Values that are looser or stricter than one: of durations and numbers by a factor, of lists and objects by a part. */
function scaled(value: Json, factor: number): Json {
  if (typeof value === "number") return Math.max(0.01, Math.round(value * factor * 100) / 100);
  if (typeof value === "string" && isDuration(value))
    return toDuration(Math.max(1, durationMs(value) * factor));
  if (Array.isArray(value)) return factor > 1 ? [...(value as Json[]), 299] : [404];
  return isRecord(value) ? (factor > 1 ? { ...value, more: true } : {}) : value;
}

const anyBoundChange = fc.record({
  place: fc.constantFrom(...boundPlaces),
  factor: fc.oneof(
    fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    fc.double({ min: 1.1, max: 10, noNaN: true }),
  ),
});

test("every bound that netra uses is tried", () => {
  const tried = new Set(boundPlaces.map(({ bound }) => bound.at));
  expect(bounds.map(({ at }) => at).filter((at) => !tried.has(at))).toEqual([
    "alerting.after",
    "alerting.repeat",
    "readiness.minReady",
    "readiness.endpoint.tls",
    "readiness.endpoint.tls.insecure",
    "https",
    "https.insecure",
    "tls",
    "tls.insecure",
    "resources.memory",
    "resources.cpus",
    "resources.pids",
    "rows.atMost",
    "messages.atMost",
    "consumers.atLeast",
    "documents.atLeast",
    "brokers.atLeast",
    "partitions.atLeast",
    "objects.atLeast",
    "startTls",
    "addresses.atLeast",
    "stdout",
    "for",
    "text",
    "responseHeaders",
    "redirects",
    "redirects.atMost",
    "redirects.hosts",
  ]);
});

test("a looser bound is never listed as stronger, nor a stricter one as weaker", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyBoundChange, ({ place: { bound, path }, factor }) => {
      const from = valueAt(base.json, path) ?? null;
      const to = scaled(from, factor);
      const after = changedView(base, [[path, to]]);
      const weaker = weakenings(base, after);
      const stronger = strengthenings(base, after);
      if (bound.looser(from, to)) {
        expect(weaker.length).toBeGreaterThan(0);
        expect(stronger).toEqual([]);
      } else expect(weaker).toEqual([]);
      // The way back says the opposite, but for a change that goes both ways.
      if (weaker.length === 0) expect(weakenings(after, base).length).toBe(stronger.length);
    }),
    { numRuns: 200 },
  );
});

test("several looser bounds together are never listed as stronger", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(anyBoundChange, { minLength: 1, maxLength: 6 }), (changes) => {
      const looser = changes.flatMap(({ place: { bound, path }, factor }): [string[], Json][] => {
        const from = valueAt(base.json, path) ?? null;
        const to = scaled(from, factor);
        return bound.looser(from, to) ? [[path, to]] : [];
      });
      expect(strengthenings(base, changedView(base, looser))).toEqual([]);
    }),
  );
});

test("a probe, an edge or the order taken away is never listed as stronger", { timeout: 60_000 }, () => {
  const removable = leaves(base.json)
    .flatMap((path) =>
      path[3] === "probes"
        ? [path.slice(0, 5)]
        : path[2] === "needs" && path.length === 4
          ? [path]
          : path[2] === "dependsOn"
            ? [path]
            : [],
    )
    .map((path) => ({ path, value: path[2] === "dependsOn" ? [] : undefined }));
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...removable), {
        minLength: 1,
        maxLength: 5,
        selector: ({ path }) => path.join("\n"),
      }),
      (removed) => {
        const after = changedView(
          base,
          removed.map(({ path, value }) => [path, value]),
        );
        expect(strengthenings(base, after)).toEqual([]);
        expect(weakenings(after, base)).toEqual([]);
      },
    ),
  );
});

test(
  "between any two declarations a diff is shown, its way back has the same places, and none with itself",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(anyDeclaration, anyDeclaration, (one, other) => {
        const [before, after] = [planView({}, one), planView({}, other)];
        const places = (diff: ReturnType<typeof diffPlans>) =>
          diff.changes.flatMap(({ of, names, what }) => names.map((name) => `${of} ${name} ${what}`)).sort();
        const there = diffPlans({ only: before }, { only: after });
        expect(places(diffPlans({ only: after }, { only: before }))).toEqual(places(there));
        const itself = diffPlans({ only: before }, { only: before });
        expect([itself.changes, itself.weakened, itself.strengthened]).toEqual([[], [], []]);
      }),
    );
  },
);
