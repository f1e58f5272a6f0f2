import { problemsError } from "../core/errors.ts";
import { shortened } from "../core/zod-problems.ts";
import { budgetOf } from "./budget.ts";
import { checkDeclaration, defaultNetworks, phaseGraph } from "./check-declaration.ts";
import { checked } from "./checked.ts";
import type { Phase, StackDeclaration } from "./declaration.ts";
import { edgesOf } from "./edges.ts";
import { inEnvironment } from "./environments-of.ts";
import { withAddresses } from "./external-addresses.ts";
import { topologicalOrder } from "./graph.ts";
import type { LifecyclePlan, PhasePlan } from "./plan.ts";
import { containersOf, planSchema } from "./plan.ts";
import { allSecretRefsOf, resolveSecrets } from "./plan-secrets.ts";
import type { Profile } from "./profile.ts";
import { registrySecrets, resolveRegistries } from "./registries.ts";
import { expandReplicas } from "./replicas.ts";
import { resolveService } from "./resolve-service.ts";
import { resolveTelemetry, telemetrySecrets } from "./resolve-telemetry.ts";
import type { ProjectSources } from "./sources.ts";
import { noSources } from "./sources.ts";

/**
 * Resolves a declaration for one environment. Pure, and the only place where defaults are applied.
 * @param stack the Pulumi stack's name, "dev": every name on the engine carries it
 * @param sources what the declaration names of the project's folder, from `readSources()`. Default: it names nothing.
 * @throws PhasegateError PHASEGATE_DECLARATION_INVALID with every problem and its path
 */
export function resolvePlan(
  declared: StackDeclaration,
  profile: Profile,
  stack: string,
  sources: ProjectSources = noSources,
): LifecyclePlan {
  const problems = checkDeclaration(declared, profile, sources);
  if (problems.length > 0)
    throw problemsError("PHASEGATE_DECLARATION_INVALID", `${subject(declared)} has problems`, problems);
  // JSON has no undefined: an option that is spelt out as such is one that is left out.
  const written = JSON.parse(JSON.stringify(declared)) as StackDeclaration;
  const whole = inEnvironment(withAddresses(written, profile), profile.environment);
  const expanded = expandReplicas(whole, profile);
  const { declaration } = expanded;
  const { order } = topologicalOrder(phaseGraph(declaration));
  if (order === undefined) throw new Error("a declaration that was checked has no cycle");
  const resolving = { ...expanded, whole, sources };
  const services = Object.fromEntries(
    order.flatMap((phase) =>
      checked(declaration.phases, phase).services.map(
        (name) => [name, resolveService(resolving, profile, phase, name)] as const,
      ),
    ),
  );
  const phases = Object.fromEntries(
    order.map((name) => [name, resolvePhase(checked(declaration.phases, name), profile, services)]),
  );
  const telemetry = resolveTelemetry(declaration, profile);
  return planSchema.parse({
    version: 2,
    name: declaration.name,
    stack,
    environment: profile.environment,
    startupTimeoutMultiplier: profile.startupTimeoutMultiplier,
    healthCheckInterval: profile.healthCheckInterval,
    validationLevel: profile.validationLevel,
    networks: networksOf(services),
    phases,
    services,
    ...telemetry,
    ...resolveRegistries(declaration.registries),
    secrets: resolveSecrets([
      ...Object.values(services).flatMap(allSecretRefsOf),
      ...telemetrySecrets(declaration, profile),
      ...registrySecrets(declaration.registries),
    ]),
  } satisfies LifecyclePlan);
}

/** The coordinator needs a network even where every service is external. */
function networksOf(services: LifecyclePlan["services"]): string[] {
  const own = new Set(Object.values(containersOf({ services })).flatMap(({ networks }) => networks));
  return own.size === 0 ? [...defaultNetworks] : [...own].sort();
}

/** What is being resolved: it may be anything that a file of JavaScript exports. */
function subject(declaration: StackDeclaration | undefined): string {
  const name: unknown = declaration?.name;
  return typeof name === "string" ? `the declaration ${shortened(name)}` : "a declaration";
}

function resolvePhase(
  { title, services, dependsOn = [], validation, timeout, edgeTimeout = "30s" }: Phase,
  profile: Profile,
  all: LifecyclePlan["services"],
): PhasePlan {
  return {
    title,
    services: [...services],
    dependsOn: [...dependsOn],
    validation,
    timeout,
    budget: budgetOf(timeout, profile),
    edges: edgesOf(all, services),
    edgeBudget: budgetOf(edgeTimeout, profile),
  };
}
