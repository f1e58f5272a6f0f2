import { mapValues } from "../core/record.ts";
import { defaultNetworks } from "./check-declaration.ts";
import { checked } from "./checked.ts";
import { resolveDockerfile } from "./container/dockerfile.ts";
import type { PassThrough } from "./container/environment.ts";
import { isPassThrough, resolvePassThrough, variablesOfFiles } from "./container/environment.ts";
import { resolveMounts } from "./container/mounts.ts";
import { resolveContainerOptions } from "./container/options.ts";
import { resolvePorts } from "./container/ports.ts";
import type { StackDeclaration } from "./declaration.ts";
import { resolveJobTimes, runsByRoutine } from "./job.ts";
import { needed } from "./needs.ts";
import type { ServicePlan } from "./plan.ts";
import type { Profile } from "./profile.ts";
import type { Expanded } from "./replicas.ts";
import { endpointOf, envText } from "./resolve-address.ts";
import { resolveReadiness } from "./resolve-readiness.ts";
import type { EngineHealthcheck, EnvValue, Service } from "./service.ts";
import type { ProjectSources } from "./sources.ts";
import type { SupervisionSpec } from "./supervision.ts";
import { supervisionDefaults } from "./supervision.ts";
import { workloadOf } from "./workload.ts";

/** A declaration as its plan has it, and as it was before its instances were in it: by those names services call each other. */
export interface Resolving extends Expanded {
  readonly whole: StackDeclaration;
  readonly sources: ProjectSources;
}

/** One service of a plan, an instance of a declared one or what is external among them. */
export function resolveService(
  { declaration, replicas, whole, sources }: Resolving,
  profile: Profile,
  phase: string,
  name: string,
): ServicePlan {
  const service = checked(declaration.services, name);
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
      (policy, other) => policy ?? (runsByRoutine(checked(declaration.services, other)) ? "ignore" : ofEdges),
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

function resolveHealthcheck({
  command,
  interval = "2s",
  timeout = "5s",
  retries = 5,
  startPeriod = "0s",
}: EngineHealthcheck) {
  return { command: [...command], interval, timeout, retries, startPeriod };
}

type OwnValue = Exclude<EnvValue, PassThrough>;

/** The variables whose values the declaration says itself. */
function ownVariables(env: Readonly<Record<string, EnvValue>>): Record<string, OwnValue> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (isPassThrough(value) ? [] : [[name, value] as const])),
  );
}
