import fc from "fast-check";
import {
  externalVolume,
  get,
  hostFile,
  hostFolder,
  httpService,
  job,
  tmpfs,
  volume,
  type Mount,
  type Phase,
  type StackDeclaration,
} from "phasegate";
import { anyContainerOptions } from "./any-container-options.ts";
import type { DependencyPolicy } from "../../lib/model/needs.ts";
import type { ServicePort } from "../../lib/model/container/ports.ts";
import { consequences } from "../../lib/model/probe-parts/options.ts";
import type { Supervision } from "../../lib/model/supervision.ts";

const anyMounts: fc.Arbitrary<(readonly [string, Mount])[]> = fc.subarray<readonly [string, Mount]>([
  ["/etc/some.conf", hostFile("ops/some.conf")],
  ["/srv/data", hostFolder("data", { writable: true })],
  ["/tmp", tmpfs({ size: "64mb" })],
  ["/uploads", volume("uploads")],
  ["/models", externalVolume("models", { readOnly: true })],
]);

const anyPorts = fc.subarray([
  ["metrics", { container: 9100 }],
  ["dns", { container: 53, protocol: "udp" }],
] as const);

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
      supervision: fc.option(anySupervision, { nil: undefined }),
    });
  })
  .map(({ phases, services, needs, writtenBackwards, supervision }) => {
    const declared = phases.map(([name, phase]) => [name, phase] as const);
    return {
      name: "any",
      environments: ["development", "test", "staging", "production"],
      services: Object.fromEntries(services),
      phases: Object.fromEntries(writtenBackwards ? declared.toReversed() : declared),
      needs: needsBackwards(Object.fromEntries(declared), needs),
      failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
      ...(supervision && { supervision }),
    };
  });

const threshold = fc.integer({ min: 1, max: 5 });
const intensity = fc.record({
  restarts: fc.nat({ max: 10 }),
  within: fc.constantFrom("1m" as const, "10m" as const, "1h" as const),
});

/** Parts of it, in any combination. A window of 8 hours has room for every interval and every timeout that is drawn. */
const anySupervision: fc.Arbitrary<Supervision> = fc.record(
  {
    interval: fc.integer({ min: 1, max: 60 }).map((n) => `${n}s` as const),
    failureThreshold: threshold,
    successThreshold: threshold,
    intensity,
    slow: fc.option(
      fc.record({
        window: fc.constantFrom("8h" as const, "9h" as const),
        baseline: fc.constantFrom("48h" as const, "168h" as const),
        factor: fc.double({ min: 1.5, max: 20, noNaN: true }),
      }),
      { nil: false as const },
    ),
  },
  { requiredKeys: [] },
);

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
      whenFailing: fc.option(fc.constantFrom(...consequences), { nil: undefined }),
    })
    .map(({ statuses, timeout, mutates, whenFailing }) =>
      get("/deep", {
        ...{ status: statuses, timeout: `${timeout}s`, mutates },
        ...(whenFailing && { whenFailing }),
      }),
    );
  return fc
    .record({
      ...{ probe, isJob: fc.boolean(), isPublished: fc.boolean() },
      // Shorter than the shortest timeout.
      minReady: fc.option(fc.constantFrom("0s" as const, "9ms" as const), {
        nil: undefined,
      }),
      supervision: fc.option(anySupervision, { nil: undefined }),
      mounts: anyMounts,
      ports: anyPorts,
      // A job that runs once is run for nothing that it needs: that is drawn elsewhere.
      runs: fc.option(fc.constantFrom("whenChanged" as const, "everyUp" as const), { nil: undefined }),
      container: anyContainerOptions,
    })
    .map(({ probe: deep, isJob, isPublished, minReady, supervision, mounts, ports, runs, container }) => [
      name,
      isJob
        ? job({
            image: `${name}:1`,
            ...container,
            mounts: Object.fromEntries(mounts),
            ...(runs && { runs }),
            ...(supervision?.intensity && { supervision: { intensity: supervision.intensity } }),
          })
        : httpService({
            image: `${name}:1`,
            port: 8080,
            ...container,
            ports: Object.fromEntries<ServicePort>(ports),
            mounts: Object.fromEntries(mounts),
            ...(isPublished && { publish: at }),
            ...(minReady && { minReady }),
            ...(supervision && { supervision }),
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
