/** The secrets that a plan names. */
import type { LifecyclePlan, ServicePlan } from "./plan.ts";
import { textsOf } from "./probe-texts.ts";
import type { SecretRef } from "./text.ts";
import { secretRefsIn } from "./text.ts";
import { tlsTexts } from "./tls.ts";

/** All that must have a value, by name. */
export function resolveSecrets(refs: readonly SecretRef[]): LifecyclePlan["secrets"] {
  const names = [...new Set(refs.map(({ secret }) => secret))].sort();
  const generated = new Set(refs.filter(({ generate }) => generate).map(({ secret }) => secret));
  return Object.fromEntries(names.map((name) => [name, { generate: generated.has(name) }]));
}

/** The names of the secrets that a service, its clients and its probes use. */
export function secretsOf(service: ServicePlan): string[] {
  return secretRefsOf(service).map(({ secret }) => secret);
}

/** What a build of its image is given; its clients and its probes are not. */
function buildSecretsOf(service: ServicePlan): SecretRef[] {
  if (service.external || !("dockerfile" in service.image)) return [];
  return Object.values(service.image.secrets ?? {});
}

/** All that are named of a service, those of its image's build among them. */
export function allSecretRefsOf(service: ServicePlan): SecretRef[] {
  return [...secretRefsOf(service), ...buildSecretsOf(service)];
}

function secretRefsOf(service: ServicePlan): SecretRef[] {
  const { readiness } = service;
  const { env, files } = service.external ? { env: {}, files: {} } : service;
  const probeTexts = Object.values(readiness.probes).flatMap(textsOf);
  const { endpoint } = readiness;
  const password = endpoint && "password" in endpoint ? endpoint.password : undefined;
  const ofEndpoint = [password, ...tlsTexts(endpoint?.tls)];
  return [...Object.values(env), ...Object.values(files), ...probeTexts, ...ofEndpoint].flatMap(secretRefsIn);
}
