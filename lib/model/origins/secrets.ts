import type { StackDeclaration } from "../declaration.ts";
import type { PlanPath } from "../plan-path.ts";
import type { Service } from "../service.ts";
import type { Origin, Place } from "./origin.ts";
import { declared, phaseOf } from "./origin.ts";
import { sinkOrigins } from "./telemetry.ts";

/** Every place of a declaration that names a secret which a plan asks for. */
export function secretPlaces({ declaration }: Place): Origin[] {
  const ofSinks = pathsToSecrets(declaration.alerting?.sinks, []).length > 0;
  return [
    ...(ofSinks ? sinkOrigins({ declaration, names: [] }) : []),
    ...(declaration.metrics?.token ? [declared("metrics", "token")] : []),
    ...pathsToSecrets(declaration.registries, ["registries"]).map((path) => declared(...path)),
    ...secretsOfServices(declaration),
  ];
}

function secretsOfServices(declaration: StackDeclaration): Origin[] {
  return Object.entries(declaration.services).flatMap(([name, service]) =>
    secretsWithin(service, phaseOf(declaration, name)[1]?.validation).map((path) =>
      declared("services", name, ...path),
    ),
  );
}

function secretsWithin(
  { env, files, image, password, rootPassword, tls, validations = {} }: Service,
  validation: string | undefined,
) {
  const probes = validation === undefined ? {} : { [validation]: validations[validation] };
  return pathsToSecrets({ env, files, image, password, rootPassword, tls, validations: probes }, []);
}

function pathsToSecrets(value: unknown, path: PlanPath): PlanPath[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return value.some((part: unknown) => pathsToSecrets(part, path).length > 0) ? [path] : [];
  if ("secret" in value) return [path];
  return Object.entries(value).flatMap(([key, member]) => pathsToSecrets(member, [...path, key]));
}
