import fc from "fast-check";
import { get, httpService, job, type Phase, type StackDeclaration } from "phasegate";
import type { DependencyPolicy } from "../../lib/model/needs.ts";

const seconds = fc.integer({ min: 2, max: 600 });
const policy = fc.constantFrom<DependencyPolicy>("restart", "revalidate", "ignore");

/** A declaration of up to six phases in any order that has no cycle, with needs that point backwards. */
export const anyDeclaration: fc.Arbitrary<StackDeclaration> = fc
  .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 })
  .chain((sizes) => {
    const names = sizes.map((size, phase) => Array.from({ length: size }, (_, i) => `service-${phase}-${i}`));
    return fc.record({
      phases: fc.tuple(...names.map((services, i) => anyPhase(services, i))),
      services: fc.tuple(...names.flat().map(anyService)),
      // Drawn for every pair; those that may not be are left out below.
      needs: fc.array(fc.tuple(fc.nat(), fc.nat(), policy), { maxLength: 12 }),
      writtenBackwards: fc.boolean(),
    });
  })
  .map(({ phases, services, needs, writtenBackwards }) => {
    const declared = phases.map(([name, phase]) => [name, phase] as const);
    return {
      name: "any",
      environments: ["development", "test", "staging", "production"],
      services: Object.fromEntries(services),
      phases: Object.fromEntries(writtenBackwards ? declared.toReversed() : declared),
      needs: needsBackwards(Object.fromEntries(declared), needs),
      failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
    };
  });

function anyPhase(services: readonly string[], at: number): fc.Arbitrary<[string, Phase]> {
  return fc
    .record({ timeout: seconds, before: fc.subarray(Array.from({ length: at }, (_, i) => `phase-${i}`)) })
    .map(({ timeout, before }) => [
      `phase-${at}`,
      { title: `Phase ${at}`, services, dependsOn: before, validation: "ready", timeout: `${timeout}s` },
    ]);
}

function anyService(name: string, at: number): fc.Arbitrary<[string, StackDeclaration["services"][string]]> {
  const probe = fc
    .record({
      statuses: fc.subarray([200, 204, 301, 404], { minLength: 1 }),
      timeout: seconds,
      mutates: fc.boolean(),
    })
    .map(({ statuses, timeout, mutates }) =>
      get("/deep", { status: statuses, timeout: `${timeout}s`, mutates }),
    );
  return fc
    .record({ probe, isJob: fc.boolean(), isPublished: fc.boolean() })
    .map(({ probe: deep, isJob, isPublished }) => [
      name,
      isJob
        ? job({ image: `${name}:1` })
        : httpService({
            image: `${name}:1`,
            port: 8080,
            ...(isPublished && { publish: at }),
            validations: { ready: { answers: get("/", { level: "basic" }), deep } },
          }),
    ]);
}

/** Of the drawn pairs those of a service and one of a phase that is proven before its own. */
function needsBackwards(
  phases: Readonly<Record<string, Phase>>,
  drawn: readonly (readonly [number, number, DependencyPolicy])[],
): Record<string, Record<string, DependencyPolicy>> {
  const ancestorsOf = (name: string): string[] =>
    (phases[name]?.dependsOn ?? []).flatMap((before) => [before, ...ancestorsOf(before)]);
  const possible = Object.entries(phases).flatMap(([name, { services }]) => {
    const earlier = [...new Set(ancestorsOf(name))].flatMap((before) => phases[before]?.services ?? []);
    return services.flatMap((dependent) => earlier.map((needed) => [dependent, needed] as const));
  });
  const needs: Record<string, Record<string, DependencyPolicy>> = {};
  for (const [pick, , policyOf] of drawn) {
    const [dependent, needed] = possible[pick % Math.max(1, possible.length)] ?? [];
    if (dependent !== undefined && needed !== undefined) (needs[dependent] ??= {})[needed] = policyOf;
  }
  return needs;
}
