/** Systems of small services, each ready a fixed time after its start: what stands around readiness is all there is to measure. */
import type { LifecyclePlan, StackDeclaration } from "phasegate";
import { bundle, get, httpService, parseProfile, resolvePlan } from "phasegate";

/** How many services each phase has. A phase depends on the one before. */
const shapes = {
  chain: [1, 1, 1, 1, 1, 1],
  diamond: [1, 4, 1],
  fan: [1, 12],
  many: [40],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type ShapeName = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as ShapeName[];

/** The port at which each service answers inside its container. */
export const servicePort = 8080;

/** The names of a shape's services, phase by phase. */
export function shapeServices(shape: ShapeName): readonly (readonly string[])[] {
  return shapes[shape].map((count, phase) =>
    Array.from({ length: count }, (_, i) => (count === 1 ? `step-${phase}` : `step-${phase}-${i}`)),
  );
}

export function shapeDeclaration(shape: ShapeName, lateMs: number): StackDeclaration {
  const phases = shapeServices(shape);
  const service = httpService({
    image: bundle("bench/late-server.ts"),
    port: servicePort,
    env: { LATE_MS: String(lateMs) },
    validations: { ready: { answers: get("/", { level: "basic" }) } },
  });
  return {
    name: "shape",
    environments: ["test"],
    services: Object.fromEntries(phases.flat().map((name) => [name, service])),
    phases: Object.fromEntries(
      phases.map((services, i) => [
        `phase-${i}`,
        {
          title: `Phase ${i}`,
          services,
          validation: "ready",
          timeout: "120s",
          ...(i > 0 && { dependsOn: [`phase-${i - 1}`] }),
        },
      ]),
    ),
    needs: {},
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  };
}

export function shapePlan(shape: ShapeName, lateMs: number, stack: string): LifecyclePlan {
  const profile = parseProfile(stack, {
    declaration: "shape",
    environment: "test",
    startupTimeoutMultiplier: "1",
    healthCheckInterval: "10s",
    validationLevel: "basic",
    portBase: 20_000,
    images: {},
  });
  return resolvePlan(shapeDeclaration(shape, lateMs), profile, stack);
}
