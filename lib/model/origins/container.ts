import { isUrlOf } from "../check-declaration.ts";
import type { UlimitName } from "../container/resources.ts";
import { pathText } from "../plan-path.ts";
import type { Service } from "../service.ts";
import { redisConfig, variablesOf } from "../workload.ts";
import { byOption, endpointOrigins, portOrigins } from "./address.ts";
import type { Origin, Place, Rule } from "./origin.ts";
import { byDefault, declared, profiled, rule, samePlace, serviceOf } from "./origin.ts";

/** Of what a container is made of. */
export const containerRules: readonly Rule[] = [
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
];

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
