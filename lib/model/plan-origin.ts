import { isUrlOf } from "./check-declaration.ts";
import type { Phase, StackDeclaration } from "./declaration.ts";
import { runsByRoutine } from "./job.ts";
import type { UlimitName } from "./container/resources.ts";
import { needed } from "./needs.ts";
import type { PathPattern, PlanPath } from "./plan-path.ts";
import { matchPath, pathText, pattern } from "./plan-path.ts";
import type { Profile } from "./profile.ts";
import type { Service, UrlOf } from "./service.ts";
import type { Supervision } from "./supervision.ts";
import { declaredName } from "./replicas.ts";
import { redisConfig, userOption, variablesOf } from "./workload.ts";

/** Where a value of a plan comes from: a place in the declaration, a key of the environment's profile, or a default. */
export interface Origin {
  readonly from: "declaration" | "profile" | "default";
  /** The path in the declaration, the key of the profile, or the name of what is left to its default. */
  readonly at: string;
}

/**
 * All that one value of a plan is made of.
 * `resolvePlan()` is where it happens; this says it in words, and a test changes every value of a declaration and
 * of a profile to see that exactly the places named here change.
 * @throws Error when no rule knows the place, which is a bug
 * @example planOrigins(["phases", "data", "budget"], shop, profile)
 *   // [{ from: "declaration", at: "phases.data.timeout" }, { from: "profile", at: "startupTimeoutMultiplier" }]
 */
export function planOrigins(of: PlanPath, declaration: StackDeclaration, profile: Profile): Origin[] {
  const path = declaredPath(of, declaration);
  for (const [place, originsOf] of rules) {
    const names = matchPath(place, path);
    if (names !== undefined) return originsOf({ path, names, declaration, profile });
  }
  throw new Error(`no rule says where ${pathText(path)} of a plan comes from`);
}

/** A place of an instance in a plan is one of the declared service. */
function declaredPath(path: PlanPath, declaration: StackDeclaration): PlanPath {
  const [part, , key] = path;
  return path.map((name, i) =>
    part === "services" && (i === 1 || (i === 3 && key === "needs")) ? declaredName(declaration, name) : name,
  );
}

interface Place {
  readonly path: PlanPath;
  /** What the pattern's wildcards stand for. */
  readonly names: readonly string[];
  readonly declaration: StackDeclaration;
  readonly profile: Profile;
}

type Rule = readonly [PathPattern, (place: Place) => Origin[]];

const rule = (place: string, originsOf: (place: Place) => Origin[]): Rule => [pattern(place), originsOf];
const declared = (...path: readonly string[]): Origin => ({ from: "declaration", at: pathText(path) });
const profiled = (key: string): Origin => ({ from: "profile", at: key });
const byDefault = (what: string): Origin => ({ from: "default", at: what });
const multiplier = profiled("startupTimeoutMultiplier");

/** The same place in the declaration; a default where that says nothing. */
const samePlace = ({ path, declaration }: Place): Origin[] => {
  const value = path.reduce<unknown>(
    (within, key) =>
      typeof within === "object" && within !== null ? (within as Record<string, unknown>)[key] : undefined,
    declaration,
  );
  return [value === undefined ? byDefault(path.at(-1) ?? "") : declared(...path)];
};

/** A value of the service's own, or else the failure policy's for all. */
const ownOrPolicy = (place: Place, key: "grace" | "failFast"): Origin[] => {
  const [name = ""] = place.names;
  const isOwn = place.declaration.services[name]?.[key] !== undefined;
  return samePlace({ ...place, path: isOwn ? ["services", name, key] : ["failureHandling", key] });
};

/** How a service is watched: what it says itself, or else its stack, or else nobody. */
const ownOrStack = (place: Place): Origin[] => {
  const [name = "", key = ""] = place.names;
  const { supervision: ofStack, services } = place.declaration;
  const said = (supervision: Supervision | undefined) =>
    supervision?.[key as keyof Supervision] !== undefined;
  const below = place.path.slice(2);
  if (said(services[name]?.supervision)) return samePlace({ ...place, path: ["services", name, ...below] });
  if (said(ofStack)) return samePlace({ ...place, path: below });
  return [key === "interval" ? profiled("healthCheckInterval") : byDefault(pathText(below))];
};

const rules: readonly Rule[] = [
  rule("version", () => [byDefault("the version of the plan's format")]),
  rule("stack", () => [profiled("the stack's name")]),
  rule("name", samePlace),
  rule("secrets.**", secretPlaces),
  rule("networks", ({ declaration }) =>
    Object.entries(declaration.services).map(([name, { networks }]) =>
      networks === undefined ? byDefault("networks") : declared("services", name, "networks"),
    ),
  ),
  rule("environment", () => [profiled("environment")]),
  rule("startupTimeoutMultiplier", () => [multiplier]),
  rule("healthCheckInterval", () => [profiled("healthCheckInterval")]),
  rule("validationLevel", () => [profiled("validationLevel")]),

  rule("alerting.sinks.*.**", sinkOrigins),
  rule("alerting.**", samePlace),
  rule("metrics.published.ip", () => [byDefault("published.ip")]),
  rule("metrics.published.containerPort", () => [byDefault("published.containerPort")]),
  rule("metrics.published.port", () => [declared("metrics", "publish"), profiled("portBase")]),
  rule("metrics.published", () => [declared("metrics", "publish")]),
  rule("metrics.**", samePlace),
  rule("tracing.**", () => [profiled("otlpEndpoint")]),

  rule("phases.*.budget", ({ names: [phase = ""] }) => [declared("phases", phase, "timeout"), multiplier]),
  rule("phases.*.edgeBudget", (place) => [
    ...samePlace({ ...place, path: ["phases", ...place.names, "edgeTimeout"] }),
    multiplier,
  ]),
  rule("phases.*.edges", edgeOrigins),
  rule("phases.*.**", samePlace),

  rule("services.*.phase", ({ declaration, names: [name = ""] }) => [
    declared("phases", phaseOf(declaration, name)[0], "services"),
  ]),
  rule("services.*.replica.**", (place) => replicaOrigins(place)),
  rule("services.*.replicas", (place) => replicaOrigins(place)),
  rule("services.*.image.**", (place) => {
    const {
      profile,
      names: [name = ""],
      declaration,
      path,
    } = place;
    if (profile.images[name] !== undefined) return [profiled(pathText(["images", name]))];
    const { image } = declaration.services[name] ?? {};
    const at = ["services", name, "image"];
    if (typeof image !== "object" || !("dockerfile" in image) || path.length === 3) return [declared(...at)];
    // The context is the folder's, without what the Dockerfile beside it says to leave out.
    return path[3] === "context"
      ? [declared(...at, "dockerfile"), ...(image.file === undefined ? [] : [declared(...at, "file")])]
      : samePlace(place);
  }),
  rule("services.*.env.*.**", (place) => {
    const {
      declaration,
      names: [name = "", variable = ""],
    } = place;
    const service = declaration.services[name];
    const value = service?.env?.[variable];
    if (service !== undefined && value === undefined) {
      const option = variablesOf(service)[variable];
      return option === undefined && service.envFile
        ? [declared("services", name, "envFile")]
        : byOption(name, service, option);
    }
    return [
      declared("services", name, "env", variable),
      ...(isUrlOf(value) ? endpointOrigins(value, place) : []),
    ];
  }),
  rule("services.*.passThrough.*.variable", ({ names: [name = "", variable = ""] }) => [
    declared("services", name, "env", variable, "passThrough"),
  ]),
  rule("services.*.passThrough.*.required", (place) =>
    samePlace({
      ...place,
      path: ["services", place.names[0] ?? "", "env", place.names[1] ?? "", "required"],
    }),
  ),
  rule("services.*.passThrough.*", ({ names: [name = "", variable = ""] }) => [
    declared("services", name, "env", variable),
  ]),
  rule("services.*.passThrough", ({ names: [name = ""] }) => [declared("services", name, "env")]),
  rule("services.*.files.*.**", (place) => {
    const [name = "", file = ""] = place.names;
    if (serviceOf(place, name)?.kind !== "redis" || file !== redisConfig) return samePlace(place);
    return [declared("services", name, "password"), declared("services", name, "maxMemory")];
  }),
  rule("services.*.healthcheck.command", (place) => {
    const [name = ""] = place.names;
    const service = serviceOf(place, name);
    // pg_isready gets the user.
    return service?.kind === "postgres" && service.healthcheck === undefined
      ? [byDefault("healthcheck"), ...byOption(name, service, "user")]
      : [...samePlace(place), ...askedInTls(name, service)];
  }),
  rule("services.*.published.ip", () => [byDefault("published.ip")]),
  rule("services.*.published.port", ({ names: [name = ""] }) => [
    declared("services", name, "publish"),
    profiled("portBase"),
  ]),
  rule("services.*.published.containerPort", portOrigins),
  rule("services.*.ports.*.published.ip", (place) => portHost(place, "address")),
  rule("services.*.ports.*.published.port", (place) => portHost(place, "port")),
  rule("services.*.ports.*.published", ({ path }) => [declared(...path.slice(0, -1))]),
  rule("services.*.published", ({ names: [name = ""] }) => [declared("services", name, "publish")]),
  // Read where the project is loaded: another file at the same place is another value.
  rule("services.*.mounts.*.sha256", (place) =>
    samePlace({ ...place, path: [...place.path.slice(0, -1), "file"] }),
  ),
  rule("services.*.needs.*", ({ declaration, names: [name = "", other = ""] }) =>
    needed(declaration.needs[name])[other] !== undefined
      ? [declared("needs", name, other)]
      : [declared("needs", name), ...policyOrigins(declaration, name, other)],
  ),
  rule("services.*.needs", ({ declaration, names: [name = ""] }) => [
    declaration.needs[name] === undefined ? byDefault("needs") : declared("needs", name),
  ]),

  rule("services.*.readiness.validation", ({ declaration, names: [name = ""] }) => [
    declared("phases", phaseOf(declaration, name)[0], "validation"),
  ]),
  rule("services.*.readiness.level", () => [profiled("validationLevel")]),
  rule("services.*.readiness.budget", ({ declaration, names: [name = ""] }) => [
    declaration.services[name]?.timeout === undefined
      ? declared("phases", phaseOf(declaration, name)[0], "timeout")
      : declared("services", name, "timeout"),
    multiplier,
  ]),
  rule("services.*.readiness.restarts.**", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? [declared("services", place.names[0] ?? "", "external")]
      : restartOrigins(place),
  ),
  rule("services.*.readiness.failFast", (place) => ownOrPolicy(place, "failFast")),
  rule("services.*.readiness.grace", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? [declared("services", place.names[0] ?? "", "external")]
      : ownOrPolicy(place, "grace"),
  ),
  rule("services.*.readiness.endpoint.host", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? externalOrigins({ ...place, names: [...place.names, "host"] })
      : [declared("services", place.names[0] ?? "")],
  ),
  rule("services.*.readiness.endpoint.protocol", ({ names: [name = ""] }) => [
    declared("services", name, "kind"),
  ]),
  rule("services.*.readiness.endpoint.port", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? externalOrigins({ ...place, names: [...place.names, "port"] })
      : portOrigins(place),
  ),
  rule("services.*.readiness.endpoint.tls.**", (place) =>
    samePlace({ ...place, path: ["services", ...place.names.slice(0, 1), ...place.path.slice(4)] }),
  ),
  rule("services.*.readiness.endpoint.*.**", (place) => {
    const [name = "", key = ""] = place.names;
    if (isFromConfig(place, name, key)) return externalOrigins(place);
    return byOption(name, serviceOf(place, name), key as keyof Service);
  }),
  rule("services.*.external.*", (place) => externalOrigins(place)),
  rule("services.*.external", ({ names: [name = ""] }) => [declared("services", name, "external")]),
  rule("services.*.readiness.external", ({ names: [name = ""] }) => [declared("services", name, "external")]),
  rule("services.*.readiness.job", ({ names: [name = ""] }) => [declared("services", name, "kind")]),
  rule("services.*.readiness.probes.*.**", (place) => {
    const { declaration, path } = place;
    const [name = "", probe = ""] = place.names;
    const validation = phaseOf(declaration, name)[1]?.validation ?? "";
    if (declaration.services[name]?.validations?.[validation]?.[probe] !== undefined)
      return samePlace({
        ...place,
        path: ["services", name, "validations", validation, probe, ...path.slice(5)],
      });
    // The probe that every job has.
    return [declared("services", name, "kind"), byDefault(probe)];
  }),
  // Thresholds, cadence and endpoint are the service's own in the declaration, and part of what is expected of it in the plan.
  rule("services.*.readiness.*.**", (place) =>
    samePlace({ ...place, path: ["services", ...place.names.slice(0, 1), ...place.path.slice(3)] }),
  ),
  rule("services.*.supervision.*.**", ownOrStack),
  rule("services.*.resources.swap", (place) => {
    const [name = ""] = place.names;
    const { swap } = serviceOf(place, name)?.resources ?? {};
    return [declared("services", name, "resources", swap === undefined ? "memory" : "swap")];
  }),
  rule("services.*.resources.ulimits.*.*", (place) => {
    const [name = "", limit = "", bound = ""] = place.names;
    const said = serviceOf(place, name)?.resources?.ulimits?.[limit as UlimitName];
    const at = ["services", name, "resources", "ulimits", limit];
    return [declared(...at, ...(typeof said === "object" ? [bound] : []))];
  }),
  rule("services.*.schedule.*", (place) => {
    const [name = "", part = ""] = place.names;
    const key = (part === "cron" ? "schedule" : part) as "schedule" | "timeZone" | "missed";
    return [serviceOf(place, name)?.[key] === undefined ? byDefault(part) : declared("services", name, key)];
  }),
  rule("services.*.devices.*.*", (place) => {
    const [name = "", path = "", part = ""] = place.names;
    const said = serviceOf(place, name)?.devices?.[path as `/dev/${string}`];
    const at = ["services", name, "devices", path];
    if (typeof said !== "object") return [part === "host" ? declared(...at) : byDefault(part)];
    return samePlace({ ...place, path: [...at, part] });
  }),
  rule("services.*.logging.*.**", (place) => {
    const [name = "", key = ""] = place.names;
    const origins = samePlace(place);
    // Whether there are files follows from the driver.
    const { logging } = serviceOf(place, name) ?? {};
    const of = typeof logging === "object" && logging.driver !== undefined && key !== "driver";
    return [...origins, ...(of ? [declared("services", name, "logging", "driver")] : [])];
  }),
  rule("services.*.**", samePlace),
];

/** The failure policy's, for all. */
const restartOrigins = (place: Place) =>
  samePlace({ ...place, path: ["failureHandling", ...place.path.slice(4)] });

/** How many instances there are: the environment's config says it, or the declaration. */
function replicaOrigins({ names: [name = ""], profile }: Place): Origin[] {
  return Object.hasOwn(profile.replicas ?? {}, name)
    ? [profiled(pathText(["replicas", name]))]
    : [declared("services", name, "replicas")];
}

/** Whether the environment's config says something of an external service, and not the declaration. */
function isFromConfig({ profile }: Pick<Place, "profile">, name: string, key: string): boolean {
  const { external = {} } = profile;
  const address = Object.hasOwn(external, name) ? external[name] : undefined;
  return address !== undefined && address[key as keyof typeof address] !== undefined;
}

/** Where an external service is: the environment's config says it, or the declaration, or, of a port, its kind. */
function externalOrigins(place: Place): Origin[] {
  const [name = "", key = ""] = place.names;
  if (isFromConfig(place, name, key)) return [profiled(pathText(["external", name, key]))];
  if (key === "port") return portOrigins(place);
  return [declared("services", name, key)];
}

/** The policy of the edges that do not say their own. */
function policyOrigins(
  { services, failureHandling }: StackDeclaration,
  service: string,
  other: string,
): readonly Origin[] {
  const needed = services[other];
  const ofRuns = (["runs", "schedule"] as const).flatMap((key) =>
    needed?.[key] === undefined ? [] : [declared("services", other, key)],
  );
  if (needed !== undefined && runsByRoutine(needed)) return ofRuns;
  if (services[service]?.kind === "job") return [...ofRuns, declared("services", service, "kind")];
  return [
    ...ofRuns,
    failureHandling.onDependencyChange === undefined
      ? byDefault("onDependencyChange")
      : declared("failureHandling", "onDependencyChange"),
  ];
}

function phaseOf(declaration: StackDeclaration, service: string): readonly [string, Phase | undefined] {
  const found = Object.entries(declaration.phases).find(([, { services }]) => services.includes(service));
  return found ?? ["", undefined];
}

function serviceOf({ declaration: { services } }: Place, name: string): Service | undefined {
  return services[name];
}

function portOrigins({ declaration: { services }, names: [name = ""] }: Place): Origin[] {
  return [services[name]?.port === undefined ? byDefault("port") : declared("services", name, "port")];
}

/** Where a port is published: by its own word, or else at the environment's portBase, on loopback. */
function portHost(
  { declaration: { services }, path, names: [name = "", port = ""] }: Place,
  key: "address" | "port",
) {
  const at = path.slice(0, 4);
  if (services[name]?.ports?.[port]?.host?.[key] !== undefined) return [declared(...at, "host", key)];
  return key === "address" ? [byDefault("published.ip")] : [declared(...at, "publish"), profiled("portBase")];
}

/** The default health checks of Redis, ClickHouse and MongoDB ask as their clients do. */
function askedInTls(name: string, service: Service | undefined): Origin[] {
  const { kind, tls, healthcheck } = service ?? {};
  const own = healthcheck === undefined && /^(redis|clickhouse|mongodb)$/.test(kind ?? "");
  return own && tls !== undefined ? [declared("services", name, "tls")] : [];
}

/** A value that an option says, or the one that stands for it. */
function byOption(name: string, service: Service | undefined, option: keyof Service = "kind"): Origin[] {
  if (/^(rabbitmq|kafka)$/.test(service?.kind ?? "") && option === "user" && service?.user === undefined)
    return [byDefault("user")];
  return [declared("services", name, service && option === "user" ? userOption(service) : option)];
}

/** How clients reach a service follows from these, where they are said. */
function endpointOrigins({ urlOf: name, port }: UrlOf, place: Place): Origin[] {
  const service = place.declaration.services[name];
  const named = port === undefined ? undefined : service?.ports?.[port];
  const options = (["kind", "host", "port", "user", "database", "password", "vhost", "tls"] as const).filter(
    (option) => option !== "port" || named === undefined,
  );
  const ofOption = (option: (typeof options)[number]) => {
    if (isFromConfig(place, name, option)) return [profiled(pathText(["external", name, option]))];
    return service?.[option] === undefined ? [] : [declared("services", name, option)];
  };
  const ofPort = (["container", "protocol"] as const).filter((key) => named?.[key] !== undefined);
  return [
    ...(named?.protocol === "udp" ? [] : options.flatMap(ofOption)),
    ...ofPort.map((key) => declared("services", name, "ports", port ?? "", key)),
  ];
}

/** Edges are made of who needs whom, and of what the level asks of those that are needed. */
function edgeOrigins({ declaration, names: [phase = ""] }: Place): Origin[] {
  const members = declaration.phases[phase]?.services ?? [];
  const all = members.flatMap((name) => Object.keys(needed(declaration.needs[name])));
  return [
    ...members.map((name) => declared("needs", name)),
    ...[...new Set(all)].map((name) => declared("services", name, "validations")),
    profiled("validationLevel"),
  ];
}

/** A sink stands in a list in the declaration, and under its name in a plan. */
function sinkOrigins({
  declaration: { alerting },
  names: [name],
}: Pick<Place, "declaration" | "names">): Origin[] {
  const sinks = alerting?.sinks ?? [];
  const own = name === undefined ? sinks : sinks.filter((sink) => (sink.name ?? sink.kind) === name);
  const chosen = own.some(({ environments }) => environments !== undefined);
  return [declared("alerting", "sinks"), ...(chosen ? [profiled("environment")] : [])];
}

/** Every place of a declaration that names a secret which a plan asks for. */
function secretPlaces({ declaration }: Place): Origin[] {
  const ofSinks = pathsToSecrets(declaration.alerting?.sinks, []).length > 0;
  return [
    ...(ofSinks ? sinkOrigins({ declaration, names: [] }) : []),
    ...(declaration.metrics?.token ? [declared("metrics", "token")] : []),
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
