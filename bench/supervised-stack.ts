import { randomBytes } from "node:crypto";
import { resolvePlan } from "phasegate";
import { benchProfile } from "./bench-profile.ts";
import type { ControlClient } from "../lib/control/client.ts";
import type { Params } from "../lib/model/control.ts";
import type { LifecyclePlan } from "../lib/model/plan.ts";
import { specHashOf } from "../lib/model/spec-hash.ts";
import { startOrder } from "../lib/model/start-order.ts";
import type { Size } from "./big-declaration.ts";
import { bigDeclaration } from "./big-declaration.ts";
import type { StandInServices } from "./stand-in-services.ts";
import { readinessAt } from "./stand-in-services.ts";

/** A stack to be supervised, whose containers are stand-ins. */
export interface SupervisedStack {
  readonly plan: LifecyclePlan;
  /** How many probes are run at the interval. */
  readonly probes: number;
  /** The labels of each container, by id. */
  readonly containers: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Applies all of it as an `up` does: phase after phase, each behind its gate. */
  apply(client: ControlClient): Promise<void>;
}

export interface SupervisedSize extends Size {
  /** How many probes each service has: 1 to 3. */
  readonly probes: number;
}

/** @param interval how often each probe is run: "15s" */
export function supervisedStack(
  size: SupervisedSize,
  interval: string,
  services: StandInServices,
): SupervisedStack {
  const profile = benchProfile("bench", {
    declaration: "big",
    healthCheckInterval: interval,
    startupTimeoutMultiplier: "1.5",
    validationLevel: "comprehensive",
  });
  const plan = resolvePlan(bigDeclaration(size), profile, "bench");
  const order = startOrder(plan);
  const applications = Object.entries(plan.services).map(([service, own]): Params<"apply"> => {
    const container = containerOf(order.indexOf(service));
    return {
      ...{ service, phase: own.phase, container, generation: container, verification: 1, again: false },
      after: plan.phases[own.phase]?.dependsOn ?? [],
      restartFor: [],
      needs: own.needs,
      startIndex: order.indexOf(service),
      readiness: readinessAt(own, services, size.probes),
      supervision: own.supervision,
      keptPasswords: [],
      secrets: { [`${service}Password`]: randomBytes(24).toString("base64url") },
    };
  });
  return {
    plan,
    probes: applications.reduce((sum, { readiness }) => sum + Object.keys(readiness.probes).length, 0),
    containers: new Map(
      applications.map(({ container, service, phase }) => [
        container,
        {
          "phasegate.declaration": "big",
          "phasegate.stack": "bench",
          "phasegate.phase": phase,
          "phasegate.service": service,
        },
      ]),
    ),
    apply: async (client) => {
      await client.call("deploy", {});
      for (const [phase, { services: members }] of Object.entries(plan.phases)) {
        const own = applications.filter(({ service }) => members.includes(service));
        await Promise.all(own.map((application) => client.call("apply", application)));
        const wanted = Object.fromEntries(
          own.map(({ service, generation, verification, readiness }) => [
            service,
            { generation, verification, specHash: specHashOf(readiness) },
          ]),
        );
        const verdict = await client.call("awaitGate", { phase, services: wanted });
        if (!verdict.opened) throw new Error(verdict.message);
      }
    },
  };
}

/** As the engine names a container: 64 hexadecimal digits. */
function containerOf(n: number): string {
  return `${"c0ffee".repeat(10).slice(0, 56)}${(n + 1).toString(16).padStart(8, "0")}`;
}
