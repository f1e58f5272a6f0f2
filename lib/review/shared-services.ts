/** What of the plans of several environments can be compared, where some of them leave services out. */
import type { Json } from "../core/json.ts";
import { mapValues } from "../core/record.ts";
import type { StackDeclaration } from "../model/declaration.ts";
import { environmentsOf, predecessors } from "../model/environments-of.ts";
import type { LifecyclePlan, ServicePlan } from "../model/plan.ts";
import { containersOf } from "../model/plan.ts";
import type { PlanPath } from "../model/plan-path.ts";
import { allSecretRefsOf } from "../model/plan-secrets.ts";
import type { Profile } from "../model/profile.ts";
import type { Difference, Value } from "./differences.ts";
import { differences, valueAt } from "./differences.ts";
import { foldReplicas } from "./fold-replicas.ts";

/** A service that only some environments have. */
export interface OptionalService {
  readonly name: string;
  /** Of each plan, in their order, whether it is there. */
  readonly isThere: readonly boolean[];
}

/** The services that not all of these environments have. */
export function optionalServices(
  declaration: StackDeclaration,
  profiles: readonly Profile[],
): OptionalService[] {
  return Object.entries(declaration.services).flatMap(([name, service]) => {
    const where = environmentsOf(declaration, service);
    const isThere = profiles.map(({ environment }) => where.includes(environment));
    return isThere.every((is) => is === isThere[0]) ? [] : [{ name, isThere }];
  });
}

/** What differs in what all plans have, and in each optional service among the plans that have it. Instances are one service. */
export function sharedDifferences(
  plans: readonly LifecyclePlan[],
  optional: readonly OptionalService[],
): Difference[] {
  const left = new Set(optional.map(({ name }) => name));
  const shared = plans.map((plan) => foldReplicas(withoutServices(plan, left) as Json));
  return [...differences(shared), ...optional.flatMap((service) => ownDifferences(plans, service))];
}

function ownDifferences(plans: readonly LifecyclePlan[], { name, isThere }: OptionalService): Difference[] {
  const path: PlanPath = ["services", name];
  const values = plans.filter((_, i) => isThere[i]).map((plan) => valueAt(foldReplicas(plan as Json), path));
  return differences(values, path).map((difference) => {
    const found = difference.values.values();
    return {
      path: difference.path,
      values: isThere.map((is): Value => (is ? found.next().value : undefined)),
    };
  });
}

/** A plan as it would be without some of the declared services. What else of it there is because of them goes, too. */
function withoutServices(plan: LifecyclePlan, left: ReadonlySet<string>): LifecyclePlan {
  if (left.size === 0) return plan;
  const isLeft = (name: string) => left.has(plan.services[name]?.replica?.of ?? name);
  const services = Object.fromEntries(Object.entries(plan.services).filter(([name]) => !isLeft(name)));
  const gone = Object.entries(plan.services).flatMap(([name, service]) => (isLeft(name) ? [service] : []));
  const phases = mapValues(plan.phases, (phase) => ({
    ...phase,
    services: phase.services.filter((name) => !isLeft(name)),
    edges: phase.edges.filter(({ dependent, needed }) => !isLeft(dependent) && !isLeft(needed)),
  }));
  const networks = new Set(Object.values(containersOf({ services })).flatMap((service) => service.networks));
  const secretsOf = (of: readonly ServicePlan[]) => of.flatMap(allSecretRefsOf).map(({ secret }) => secret);
  const kept = new Set(secretsOf(Object.values(services)));
  const ofGone = new Set(secretsOf(gone).filter((secret) => !kept.has(secret)));
  return {
    ...plan,
    networks: plan.networks.filter((network) => networks.has(network)),
    services,
    phases: Object.fromEntries(
      Object.entries(phases).flatMap(([name, phase]) =>
        phase.services.length === 0 ? [] : [[name, { ...phase, dependsOn: [...predecessors(phases, name)] }]],
      ),
    ),
    secrets: Object.fromEntries(Object.entries(plan.secrets).filter(([name]) => !ofGone.has(name))),
  };
}
