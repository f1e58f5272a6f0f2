import type { Duration } from "../core/duration.ts";
import { durationMs, toDuration } from "../core/duration.ts";
import { problemsError } from "../core/errors.ts";
import { mapValues } from "../core/record.ts";
import { shortened } from "../core/zod-problems.ts";
import { checkDeclaration, defaultNetworks, isUrlOf, phaseGraph } from "./check-declaration.ts";
import { resolveDockerfile } from "./container/dockerfile.ts";
import type { PassThrough } from "./container/environment.ts";
import { isPassThrough, resolvePassThrough, variablesOfFiles } from "./container/environment.ts";
import { resolveMounts } from "./container/mounts.ts";
import { resolvePorts } from "./container/ports.ts";
import { resolveContainerOptions } from "./container/options.ts";
import type { StackDeclaration } from "./declaration.ts";
import { edgesOf } from "./edges.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpointUrl } from "./endpoint.ts";
import { withAddresses } from "./external-addresses.ts";
import { inEnvironment } from "./environments-of.ts";
import { topologicalOrder } from "./graph.ts";
import { resolveJobTimes, runsByRoutine } from "./job.ts";
import { needed } from "./needs.ts";
import type { ReadinessSpec, LifecyclePlan, PhasePlan, ServicePlan } from "./plan.ts";
import { containersOf, planSchema } from "./plan.ts";
import type { DeclaredProbe, Probe } from "./probe.ts";
import { textsOf } from "./probe-texts.ts";
import { completed } from "./probes.ts";
import type { Profile } from "./profile.ts";
import type { Expanded } from "./replicas.ts";
import { expandReplicas } from "./replicas.ts";
import { resolveProbe } from "./resolve-probe.ts";
import { resolveTelemetry, telemetrySecrets } from "./resolve-telemetry.ts";
import type { EngineHealthcheck, EnvValue, Service, UrlOf } from "./service.ts";
import type { ProjectSources } from "./sources.ts";
import { noSources } from "./sources.ts";
import type { SupervisionSpec } from "./supervision.ts";
import { supervisionDefaults } from "./supervision.ts";
import type { SecretRef, Text } from "./text.ts";
import { secretRefsIn } from "./text.ts";
import { tlsTexts } from "./tls.ts";
import { workloadOf } from "./workload.ts";

/** While a service starts it is probed soon and often, then less so. A gate costs a service no more than the last wait. */
const startingCadence = { initial: "100ms", max: "1s", multiplier: 1.5, jitter: 0.2 } as const;

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
  const phases = Object.fromEntries(order.map((name) => [name, resolvePhase(declaration, profile, name)]));
  const services = Object.fromEntries(
    Object.entries(phases).flatMap(([phase, { services }]) =>
      services.map(
        (name) => [name, resolveService({ ...expanded, whole, sources }, profile, phase, name)] as const,
      ),
    ),
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
    secrets: resolveSecrets([
      ...Object.values(services).flatMap(secretRefsOf),
      ...Object.values(services).flatMap(buildSecretsOf),
      ...telemetrySecrets(declaration, profile),
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

function resolvePhase(declaration: StackDeclaration, profile: Profile, name: string): PhasePlan {
  const {
    title,
    services,
    dependsOn = [],
    validation,
    timeout,
    edgeTimeout = "30s",
  } = own(declaration.phases, name);
  return {
    title,
    services: [...services],
    dependsOn: [...dependsOn],
    validation,
    timeout,
    budget: multiplied(timeout, profile),
    edges: edgesOf(declaration, profile.validationLevel, services),
    edgeBudget: multiplied(edgeTimeout, profile),
  };
}

/** A timeout in an environment: the only place where the multiplier is applied. */
function multiplied(timeout: Duration, { startupTimeoutMultiplier }: Profile): Duration {
  return toDuration(durationMs(timeout) * startupTimeoutMultiplier);
}

/** A declaration as its plan has it, and as it was before its instances were in it: by those names services call each other. */
interface Resolving extends Expanded {
  readonly whole: StackDeclaration;
  readonly sources: ProjectSources;
}

function resolveService(
  { declaration, replicas, whole, sources }: Resolving,
  profile: Profile,
  phase: string,
  name: string,
): ServicePlan {
  const service = own(declaration.services, name);
  const endpoint = endpointOf(declaration, name);
  const replica = Object.hasOwn(replicas, name) ? replicas[name] : undefined;
  const everyService = {
    kind: service.kind,
    phase,
    ...(replica && { replica }),
    readiness: resolveReadiness(declaration, profile, phase, service, endpoint),
    supervision: resolveSupervision(declaration, profile, service),
  };
  if (service.external && endpoint) {
    const { host, port } = endpoint;
    return { ...everyService, needs: {}, external: { host, port } };
  }
  const { image = "", entrypoint, volumes = {}, publish } = service;
  const { command, env, files, healthcheck } = workloadOf(service);
  const { onDependencyChange = "restart" } = declaration.failureHandling;
  // What a job has done stays done when what it needs runs again: it is run again only where its own edge says so.
  const ofEdges = service.kind === "job" ? "ignore" : onDependencyChange;
  const reference = profile.images[replica?.of ?? name];
  return {
    ...everyService,
    image:
      reference !== undefined
        ? { reference }
        : typeof image === "string"
          ? { reference: image }
          : "bundle" in image
            ? { bundle: image.bundle }
            : resolveDockerfile(image, sources),
    ...(entrypoint && { entrypoint: [...entrypoint] }),
    ...(command && { command: [...command] }),
    env: {
      ...variablesOfFiles(service, sources),
      ...mapValues(ownVariables(env), (value) => envText(whole, value)),
    },
    ...resolvePassThrough(service.env),
    files: { ...files },
    volumes: { ...volumes },
    ...(publish !== undefined &&
      endpoint && {
        published: { ip: "127.0.0.1", port: profile.portBase + publish, containerPort: endpoint.port },
      }),
    ...resolvePorts(service, profile),
    init: service.init ?? true,
    networks: [...(service.networks ?? defaultNetworks)],
    ...(service.externalNetworks?.length && { externalNetworks: [...service.externalNetworks] }),
    ...resolveMounts(service, sources),
    needs: mapValues(
      needed(declaration.needs[name]),
      (policy, other) => policy ?? (runsByRoutine(own(declaration.services, other)) ? "ignore" : ofEdges),
    ),
    ...(healthcheck && { healthcheck: resolveHealthcheck(healthcheck) }),
    ...resolveContainerOptions(service),
    ...resolveJobTimes(service),
  };
}

/** The service's own word stands before the stack's, part by part, and the interval of the environment before neither. */
function resolveSupervision(
  { supervision: ofStack }: StackDeclaration,
  { healthCheckInterval: interval }: Profile,
  { supervision: own }: Service,
): SupervisionSpec {
  const { slow, ...others } = { interval, ...supervisionDefaults, ...ofStack, ...own };
  return slow === undefined || slow === false ? others : { ...others, slow };
}

function resolveReadiness(
  declaration: StackDeclaration,
  profile: Profile,
  phase: string,
  service: Service,
  endpoint: Endpoint | undefined,
): ReadinessSpec {
  const { maxRetries, backoff, grace, failFast = false } = declaration.failureHandling;
  const { validation, timeout } = own(declaration.phases, phase);
  const job = service.kind === "job";
  return {
    validation,
    level: profile.validationLevel,
    budget: multiplied(service.timeout ?? timeout, profile),
    successThreshold: service.successThreshold ?? 1,
    failureThreshold: service.failureThreshold ?? 1,
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

function resolveHealthcheck({
  command,
  interval = "2s",
  timeout = "5s",
  retries = 5,
  startPeriod = "0s",
}: EngineHealthcheck) {
  return { command: [...command], interval, timeout, retries, startPeriod };
}

function endpointOf(declaration: StackDeclaration, name: string): Endpoint | undefined {
  const service = own(declaration.services, name);
  const { endpoint } = workloadOf(service);
  return endpoint && { ...endpoint, host: service.external ? (service.host ?? name) : name };
}

/** The endpoint at the port that a URL names: as the service's own, with its account, where it has one. */
function portEndpoint(declaration: StackDeclaration, { urlOf: name, port }: UrlOf): Endpoint | undefined {
  const named = port === undefined ? undefined : own(declaration.services, name).ports?.[port];
  if (named === undefined) return undefined;
  const endpoint = named.protocol === "udp" ? undefined : endpointOf(declaration, name);
  const { protocol = "tcp" } = named;
  return { ...(endpoint ?? { protocol, host: name }), port: named.container };
}

type OwnValue = Exclude<EnvValue, PassThrough>;

/** The variables whose values the declaration says itself. */
function ownVariables(env: Readonly<Record<string, EnvValue>>): Record<string, OwnValue> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (isPassThrough(value) ? [] : [[name, value] as const])),
  );
}

function envText(declaration: StackDeclaration, value: OwnValue): Text {
  if (typeof value === "string") return value;
  if (!isUrlOf(value)) return [value];
  const endpoint = portEndpoint(declaration, value) ?? endpointOf(declaration, value.urlOf);
  if (endpoint === undefined) throw new Error(`urlOf("${value.urlOf}") was not checked`);
  return endpointUrl(endpoint, value);
}

function resolveSecrets(refs: readonly SecretRef[]): LifecyclePlan["secrets"] {
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

function secretRefsOf(service: ServicePlan): SecretRef[] {
  const { readiness } = service;
  const { env, files } = service.external ? { env: {}, files: {} } : service;
  const probeTexts = Object.values(readiness.probes).flatMap(textsOf);
  const { endpoint } = readiness;
  const password = endpoint && "password" in endpoint ? endpoint.password : undefined;
  const ofEndpoint = [password, ...tlsTexts(endpoint?.tls)];
  return [...Object.values(env), ...Object.values(files), ...probeTexts, ...ofEndpoint].flatMap(secretRefsIn);
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (value === undefined) throw new Error(`"${name}" was not checked`);
  return value;
}
