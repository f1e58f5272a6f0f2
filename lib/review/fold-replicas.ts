import type { Json } from "../core/json.ts";
import { mapValues } from "../core/record.ts";
import { isRecord } from "./differences.ts";

/**
 * A plan with each declared service in the place of its instances, and how many there are: they are alike, and another number of
 * them is one difference. @example services.api-1, services.api-2 become services.api with replicas: 2
 */
export function foldReplicas(plan: Json): Json {
  const { services, phases } = isRecord(plan) ? plan : {};
  if (!isRecord(plan) || !isRecord(services)) return plan;
  const declared = new Map<string, string>();
  for (const [name, service] of Object.entries(services)) {
    const replica = isRecord(service) ? service["replica"] : undefined;
    if (isRecord(replica) && typeof replica["of"] === "string") declared.set(name, replica["of"]);
  }
  if (declared.size === 0) return plan;
  const nameOf: NameOf = (name) => (typeof name === "string" ? (declared.get(name) ?? name) : name);
  const countOf = (of: string) => [...declared.values()].filter((other) => other === of).length;
  const folded: Record<string, Json> = {};
  for (const [name, service] of Object.entries(services)) {
    const of = declared.get(name);
    if (of !== undefined && Object.hasOwn(folded, of)) continue;
    folded[of ?? name] = withNames(service, nameOf, of === undefined ? undefined : countOf(of));
  }
  return {
    ...plan,
    services: folded,
    ...(isRecord(phases) && { phases: mapValues(phases, (phase) => withMembers(phase, nameOf)) }),
  };
}

type NameOf = <T extends Json>(name: T) => T | string;

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function withNames(service: Json, nameOf: NameOf, replicas: number | undefined): Json {
  if (!isRecord(service)) return service;
  const { replica: _, needs, readiness, ...rest } = service;
  const { endpoint } = isRecord(readiness) ? readiness : {};
  return {
    ...rest,
    ...(replicas !== undefined && { replicas }),
    ...(needs !== undefined && {
      needs: isRecord(needs)
        ? Object.fromEntries(Object.entries(needs).map(([name, policy]) => [nameOf(name), policy]))
        : needs,
    }),
    ...(readiness !== undefined && {
      readiness:
        isRecord(readiness) && isRecord(endpoint)
          ? { ...readiness, endpoint: { ...endpoint, host: nameOf(endpoint["host"] ?? "") } }
          : readiness,
    }),
  };
}

function withMembers(phase: Json, nameOf: NameOf): Json {
  if (!isRecord(phase)) return phase;
  const { services, edges } = phase;
  const unique = (values: Json[]) => [...new Map(values.map((one) => [JSON.stringify(one), one])).values()];
  return {
    ...phase,
    ...(isList(services) && { services: unique(services.map((name) => nameOf(name))) }),
    ...(isList(edges) && {
      edges: unique(
        edges.map((edge) =>
          isRecord(edge)
            ? { ...edge, dependent: nameOf(edge["dependent"] ?? ""), needed: nameOf(edge["needed"] ?? "") }
            : edge,
        ),
      ),
    }),
  };
}
