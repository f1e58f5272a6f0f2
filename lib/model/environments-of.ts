/** Services that some environments leave out: `in: ["development"]`. */
import { mapValues } from "../core/record.ts";
import type { Phase, StackDeclaration } from "./declaration.ts";
import type { Environment } from "./environment.ts";
import { needed } from "./needs.ts";
import type { Service } from "./service.ts";

/** The environments that a service is in. */
export function environmentsOf({ environments }: StackDeclaration, service: Service): readonly Environment[] {
  return service.in ?? environments;
}

/** The declaration as an environment has it. A phase of which nothing is left is left out, and those behind it depend on what it did. */
export function inEnvironment(declaration: StackDeclaration, environment: Environment): StackDeclaration {
  const isKept = (service: Service) => environmentsOf(declaration, service).includes(environment);
  const { services, phases, needs } = declaration;
  if (Object.values(services).every(isKept)) return declaration;
  const isThere = (name: string) => services[name] !== undefined && isKept(services[name]);
  const left = mapValues(phases, (phase) => ({ ...phase, services: phase.services.filter(isThere) }));
  return {
    ...declaration,
    services: filtered(services, isThere),
    phases: Object.fromEntries(
      Object.entries(left).flatMap(([name, phase]) =>
        phase.services.length === 0 ? [] : [[name, { ...phase, dependsOn: predecessors(left, name) }]],
      ),
    ),
    needs: mapValues(filtered(needs, isThere), (own) => {
      const all = needed(own);
      const kept = filtered(all, isThere);
      const policies = Object.fromEntries(
        Object.entries(kept).flatMap(([name, policy]) => (policy === undefined ? [] : [[name, policy]])),
      );
      return Array.isArray(own) ? Object.keys(kept) : policies;
    }),
  };
}

function filtered<T>(
  record: Readonly<Record<string, T>>,
  isThere: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isThere(name)));
}

/** The phases before one, past those that are empty. */
export function predecessors(
  phases: Readonly<Record<string, Pick<Phase, "services" | "dependsOn">>>,
  name: string,
): readonly string[] {
  const before = (phases[name]?.dependsOn ?? []).flatMap((one) =>
    phases[one]?.services.length === 0 ? predecessors(phases, one) : [one],
  );
  return [...new Set(before)];
}

/** What is wrong with who is left out where. */
export function checkEnvironments(
  declaration: StackDeclaration,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  const { services, needs, environments } = declaration;
  const missing = (dependent: string, other: string): readonly Environment[] => {
    const [one, two] = [services[dependent], services[other]];
    if (one === undefined || two === undefined) return [];
    const has = environmentsOf(declaration, two);
    return environmentsOf(declaration, one).filter((environment) => !has.includes(environment));
  };
  const lacks = (name: string, where: readonly Environment[]) =>
    `${name} is left out in ${where.join(" and ")}, and what needs it is not: give that the same "in"`;

  for (const [name, service] of Object.entries(services)) {
    (service.in ?? []).forEach((environment, i) => {
      if (!environments.includes(environment))
        report(
          ["services", name, "in", i],
          `the declaration is not made for ${environment}: it has ${environments.join(", ")}`,
        );
    });
    for (const [variable, value] of Object.entries(service.env ?? {})) {
      if (typeof value === "string" || !("urlOf" in value)) continue;
      const where = missing(name, value.urlOf);
      if (where.length > 0) report(["services", name, "env", variable], lacks(value.urlOf, where));
    }
  }
  for (const [name, own] of Object.entries(needs))
    Object.keys(needed(own)).forEach((other, i) => {
      const where = missing(name, other);
      if (where.length > 0) report(["needs", name, Array.isArray(own) ? i : other], lacks(other, where));
    });
}
