import { pathText } from "../plan-path.ts";
import type { Service, UrlOf } from "../service.ts";
import { userOption } from "../workload.ts";
import type { Origin, Place, Rule } from "./origin.ts";
import { byDefault, declared, profiled, rule, samePlace, serviceOf } from "./origin.ts";

/** Of how a service is reached, and where an external one is. */
export const addressRules: readonly Rule[] = [
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
];

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

export function portOrigins({ declaration: { services }, names: [name = ""] }: Place): Origin[] {
  return [services[name]?.port === undefined ? byDefault("port") : declared("services", name, "port")];
}

/** A value that an option says, or the one that stands for it. */
export function byOption(
  name: string,
  service: Service | undefined,
  option: keyof Service = "kind",
): Origin[] {
  if (/^(rabbitmq|kafka)$/.test(service?.kind ?? "") && option === "user" && service?.user === undefined)
    return [byDefault("user")];
  return [declared("services", name, service && option === "user" ? userOption(service) : option)];
}

/** How clients reach a service follows from these, where they are said. */
export function endpointOrigins({ urlOf: name, port }: UrlOf, place: Place): Origin[] {
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
