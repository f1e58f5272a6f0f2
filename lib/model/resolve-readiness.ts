import { durationMs } from "../core/duration.ts";
import { mapValues } from "../core/record.ts";
import { budgetOf } from "./budget.ts";
import { checked } from "./checked.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ReadinessSpec } from "./plan.ts";
import type { DeclaredProbe, Probe } from "./probe.ts";
import { completed } from "./probes.ts";
import type { Profile } from "./profile.ts";
import { resolveProbe } from "./resolve-probe.ts";
import type { Service } from "./service.ts";

/** While a service starts it is probed soon and often, then less so. A gate costs a service no more than the last wait. */
const startingCadence = { initial: "25ms", steady: "3s", max: "1s", multiplier: 1.05, jitter: 0.2 } as const;

/** What is expected of a service. */
export function resolveReadiness(
  declaration: StackDeclaration,
  profile: Profile,
  phase: string,
  service: Service,
  endpoint: Endpoint | undefined,
): ReadinessSpec {
  const { maxRetries, backoff, grace, failFast = false } = declaration.failureHandling;
  const { validation, timeout } = checked(declaration.phases, phase);
  const job = service.kind === "job";
  return {
    validation,
    level: profile.validationLevel,
    budget: budgetOf(service.timeout ?? timeout, profile),
    successThreshold: service.successThreshold ?? 1,
    failureThreshold: service.failureThreshold ?? 1,
    ...minReadyOf(service),
    failFast: service.failFast ?? failFast,
    cadence: { ...startingCadence, ...service.cadence },
    restarts: service.external
      ? noRestarts
      : {
          maxRetries,
          backoff: { initial: backoff.initial ?? "1s", multiplier: backoff.multiplier, max: backoff.max },
        },
    grace: service.external ? "0s" : (service.grace ?? grace),
    ...(endpoint && { endpoint }),
    job,
    ...(service.external && { external: true as const }),
    probes: resolveProbes(service, validation),
  };
}

/** None at all is what a service has that says nothing: the plan is the same then. */
function minReadyOf({ minReady }: Service): Pick<ReadinessSpec, "minReady"> {
  return minReady === undefined || durationMs(minReady) === 0 ? {} : { minReady };
}

/** What is no container is not restarted. */
const noRestarts: ReadinessSpec["restarts"] = {
  maxRetries: 0,
  backoff: { initial: "1s", multiplier: 1, max: "1s" },
};

/** Every job has the probe `completed` at every level: with exit code 0, unless its validation says otherwise. */
function resolveProbes(service: Service, validation: string): Record<string, Probe> {
  const declared: Readonly<Record<string, DeclaredProbe>> = service.validations?.[validation] ?? {};
  if (service.kind !== "job") return mapValues(declared, (probe) => resolveProbe(probe, service.kind));
  const own = mapValues(declared, (probe) =>
    resolveProbe(probe.kind === "completed" ? { ...probe, level: "basic" } : probe, service.kind),
  );
  const judged = Object.values(own).some(({ kind }) => kind === "completed");
  return judged ? own : { completed: resolveProbe(completed({ level: "basic" })), ...own };
}
