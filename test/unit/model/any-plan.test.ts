import fc from "fast-check";
import { expect, test } from "vitest";
import { parseProfile, resolvePlan, type LifecyclePlan, type Profile, type ValidationLevel } from "phasegate";
import { backoffMs } from "../../../lib/core/backoff.ts";
import { durationMs } from "../../../lib/core/duration.ts";
import type { Json } from "../../../lib/core/json.ts";
import { ancestors, withoutShortcuts } from "../../../lib/model/graph.ts";
import { validationLevels } from "../../../lib/model/level.ts";
import { planOrigins } from "../../../lib/model/plan-origin.ts";
import type { Outcome } from "../../../lib/probe/outcome.ts";
import type { Thresholds } from "../../../lib/readiness/probe-record.ts";
import { newRecord, recordOutcome } from "../../../lib/readiness/probe-record.ts";
import { compareStacks } from "../../../lib/review/parity.ts";
import { anyDeclaration } from "../../support/any-declaration.ts";
import { leaves } from "../../support/perturbed.ts";

const profile = (change: Partial<Profile> = {}): Profile => ({
  ...parseProfile("any", {
    declaration: "any",
    environment: "test",
    startupTimeoutMultiplier: 1,
    healthCheckInterval: "10s",
    validationLevel: "comprehensive",
    portBase: 16_000,
    images: {},
  }),
  ...change,
});
const anyLevel = fc.constantFrom<ValidationLevel>(...validationLevels);
// As people write them: with two decimals at most.
const anyMultiplier = fc.integer({ min: 1, max: 1000 }).map((hundredths) => hundredths / 100);
const anyProfile = fc
  .record({
    startupTimeoutMultiplier: anyMultiplier,
    validationLevel: anyLevel,
    portBase: fc.integer({ min: 1024, max: 60_000 }),
  })
  .map(profile);

const phaseGraph = (plan: LifecyclePlan) =>
  Object.fromEntries(Object.entries(plan.phases).map(([name, { dependsOn }]) => [name, dependsOn]));

test(
  "the order of a plan respects every edge, however the declaration is written",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(anyDeclaration, anyProfile, (declaration, environment) => {
        const plan = resolvePlan(declaration, environment, "any");
        const phases = Object.keys(plan.phases);
        const services = Object.keys(plan.services);
        expect(phases.toSorted()).toEqual(Object.keys(declaration.phases).toSorted());
        for (const [name, { dependsOn }] of Object.entries(plan.phases))
          for (const before of dependsOn) expect(phases.indexOf(before)).toBeLessThan(phases.indexOf(name));
        for (const [name, { needs, phase }] of Object.entries(plan.services))
          for (const needed of Object.keys(needs)) {
            expect(services.indexOf(needed)).toBeLessThan(services.indexOf(name));
            expect(ancestors(phaseGraph(plan), phase)).toContain(plan.services[needed]?.phase);
          }
      }),
    );
  },
);

test(
  "gates that follow from others can be left out: what comes before what stays the same",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(anyDeclaration, (declaration) => {
        const graph = phaseGraph(resolvePlan(declaration, profile(), "any"));
        const reduced = withoutShortcuts(graph);
        for (const name of Object.keys(graph)) {
          expect([...ancestors(reduced, name)].sort()).toEqual([...ancestors(graph, name)].sort());
          for (const before of reduced[name] ?? []) {
            const others = (reduced[name] ?? []).filter((other) => other !== before);
            expect(others.flatMap((other) => [...ancestors(reduced, other)])).not.toContain(before);
          }
        }
      }),
    );
  },
);

test("a multiplier is applied once, to every budget and to nothing else", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyDeclaration, anyMultiplier, (declaration, startupTimeoutMultiplier) => {
      const plan = resolvePlan(declaration, profile({ startupTimeoutMultiplier }), "any");
      const once = resolvePlan(declaration, profile(), "any");
      for (const [name, phase] of Object.entries(plan.phases)) {
        // To the millisecond: a plan's durations have no fractions of one.
        expect(durationMs(phase.budget)).toBeCloseTo(durationMs(phase.timeout) * startupTimeoutMultiplier, 0);
        for (const service of phase.services)
          expect(plan.services[service]?.readiness.budget).toBe(phase.budget);
        expect(once.phases[name]?.budget).toBe(phase.timeout);
      }
      const others = ({ phases, services, startupTimeoutMultiplier: _, ...rest }: LifecyclePlan) => ({
        ...rest,
        phases: Object.values(phases).map(({ budget: _1, edgeBudget: _2, ...phase }) => phase),
        services: Object.values(services).map(({ readiness: { budget: _3, ...readiness }, ...service }) => ({
          ...service,
          readiness,
        })),
      });
      expect(others(plan)).toEqual(others(once));
    }),
  );
});

test(
  "parity does not depend on the order of the stacks, and every difference says where it comes from",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(
        anyDeclaration,
        fc.array(anyProfile, { minLength: 1, maxLength: 4 }),
        (declaration, profiles) => {
          const allow = [{ path: "phases.*.budget", reason: "for the test" }];
          const allowing = { ...declaration, parity: { allow } };
          const stacks = profiles.map((environment, i) => ({
            profile: environment,
            plan: resolvePlan(allowing, environment, `stack-${i}`),
          }));
          const reported = (report: ReturnType<typeof compareStacks>) => ({
            same: report.same,
            unused: report.unused,
            differences: report.differences
              .map(({ path, allowedBy, values }) => ({
                path,
                allowedBy,
                values: values.toSorted((a, b) => (a.stack < b.stack ? -1 : 1)),
              }))
              .sort((a, b) => (a.path < b.path ? -1 : 1)),
          });
          const there = compareStacks(allowing, stacks);
          expect(reported(compareStacks(allowing, stacks.toReversed()))).toEqual(reported(there));
          for (const { values } of there.differences) {
            expect(new Set(values.map(({ value }) => JSON.stringify(value))).size).toBeGreaterThan(1);
            for (const { origins } of values)
              expect(origins).toContainEqual(expect.objectContaining({ from: "profile" }));
          }
          expect(compareStacks(allowing, stacks.slice(0, 1)).differences).toEqual([]);
        },
      ),
    );
  },
);

test("of every value of a plan it is known where it comes from", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyDeclaration, anyProfile, (declaration, environment) => {
      const plan = resolvePlan(declaration, environment, "any");
      for (const path of leaves(plan as Json))
        expect(path.length === 1 || planOrigins(path, declaration, environment).length > 0).toBe(true);
    }),
  );
});

test("waits grow from try to try, never past the longest and never below their share of the first", () => {
  const anyBackoff = fc.record({
    initialMs: fc.integer({ min: 1, max: 10_000 }),
    multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
    maxMs: fc.integer({ min: 1, max: 60_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(anyBackoff, fc.nat(2000), chance, (backoff, n, luck) => {
      const wait = backoffMs(backoff, n, () => luck);
      expect(backoffMs(backoff, n + 1, () => luck)).toBeGreaterThanOrEqual(wait);
      expect(wait).toBeLessThanOrEqual(backoff.maxMs);
      expect(wait).toBeGreaterThanOrEqual(Math.min(backoff.initialMs, backoff.maxMs) * (1 - backoff.jitter));
    }),
  );
});

test("a probe that passes by strict thresholds passes by looser ones, whatever course it takes", () => {
  const anyCourse = fc.array(fc.constantFrom<Outcome["status"]>("passed", "failed", "unknown"), {
    maxLength: 40,
  });
  const threshold = fc.integer({ min: 1, max: 10 });
  fc.assert(
    fc.property(anyCourse, threshold, threshold, (course, successThreshold, failureThreshold) => {
      const isPassing = (thresholds: Thresholds) =>
        course.reduce(
          (record, status) => recordOutcome(record, outcomeOf(status), thresholds, 0),
          newRecord("any", "tcp"),
        ).passing;
      const strict = isPassing({ successThreshold, failureThreshold });
      const looser = [
        isPassing({ successThreshold: Math.max(1, successThreshold - 1), failureThreshold }),
        isPassing({ successThreshold, failureThreshold: failureThreshold + 1 }),
      ];
      if (strict) expect(looser).toEqual([true, true]);
      const known = course.filter((status) => status !== "unknown");
      if (!known.includes("passed")) expect(strict).toBe(false);
      if (known.length >= successThreshold && known.slice(-successThreshold).every((one) => one === "passed"))
        expect(strict).toBe(true);
      if (known.length >= failureThreshold && known.slice(-failureThreshold).every((one) => one === "failed"))
        expect(strict).toBe(false);
    }),
  );
});

function outcomeOf(status: Outcome["status"]): Outcome {
  if (status === "passed") return { status, tookMs: 1 };
  return { status, tookMs: 1, cause: { code: "refused", text: "connection refused", permanent: false } };
}
