/** What phasegate starts of a shape. */
import type { LifecyclePlan, StackDeclaration } from "phasegate";
import { bundle, get, httpService, resolvePlan } from "phasegate";
import { benchProfile, startedOnce } from "../bench-profile.ts";
import type { ShapeName } from "./shapes.ts";
import { servicePort, shapeServices } from "./shapes.ts";

export function shapeDeclaration(shape: ShapeName, lateMs: number): StackDeclaration {
  const phases = shapeServices(shape);
  const service = httpService({
    image: bundle("bench/late-server.ts"),
    port: servicePort,
    env: { LATE_MS: String(lateMs) },
    // As the containers of the others, whose sides have none by default.
    init: false,
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
    failureHandling: startedOnce,
  };
}

export function shapePlan(shape: ShapeName, lateMs: number, stack: string): LifecyclePlan {
  const profile = benchProfile(stack, { declaration: "shape" });
  return resolvePlan(shapeDeclaration(shape, lateMs), profile, stack);
}
