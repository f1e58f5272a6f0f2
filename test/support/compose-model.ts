/** What compose says of a project (`docker compose config --format json`), and what an import reads, in one form. */
import type { Json } from "../../lib/core/json.ts";
import { mapValues } from "../../lib/core/record.ts";
import { composeDurationMs } from "../../lib/import/read/compose-duration.ts";
import type { ReadProject } from "../../lib/import/read/read-project.ts";
import { plain } from "../../lib/import/read/taint.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** A project as both are compared: what is not said is left out. */
export interface ComposeModel {
  readonly name: unknown;
  readonly services: Readonly<Record<string, Mapping>>;
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly secrets: Mapping;
  readonly configs: Mapping;
}

/** The attributes that are read into another form, or that both have in the same one. */
const compared = new Set(
  "build command configs container_name depends_on entrypoint environment expose healthcheck hostname image init links network_mode networks ports profiles restart secrets stop_grace_period volumes".split(
    " ",
  ),
);

/** What compose says. @param root the directory that paths are shown from */
export function saidByCompose(config: Json): ComposeModel {
  const { name, services, volumes, networks, secrets, configs } = unescaped(config) as Record<
    string,
    Mapping
  >;
  return {
    name,
    services: mapValues(services ?? {}, (service) => theirService(service as Mapping)),
    volumes: Object.keys(volumes ?? {}).sort(),
    // The one that compose makes where none is said.
    networks: Object.keys(networks ?? {})
      .filter((one) => one !== "default")
      .sort(),
    secrets: mapValues(secrets ?? {}, (source) => sourceOf(source as Mapping)),
    configs: mapValues(configs ?? {}, (source) => sourceOf(source as Mapping)),
  };
}

/** What an import has read. */
export function readByImport({ project, services }: ReadProject): ComposeModel {
  return strip({
    name: project.name,
    services: Object.fromEntries(
      services.map(({ name, service, variables }) => [
        name,
        ourService(service as unknown as Mapping, variables),
      ]),
    ),
    volumes: Object.keys(project.volumes).sort(),
    networks: Object.keys(project.networks)
      .filter((one) => one !== "default")
      .sort(),
    secrets: mapValues(project.secrets, (source) => sourceOf(source)),
    configs: mapValues(project.configs, (source) => sourceOf(source)),
  });
}

function theirService(service: Mapping): Mapping {
  const { build, environment, healthcheck, ports, volumes, depends_on, networks, stop_grace_period } =
    service as Record<string, never>;
  return said({
    ...sameIn(service),
    command: service["command"] ?? undefined,
    entrypoint: service["entrypoint"] ?? undefined,
    build: build && (build as Mapping)["context"],
    environment: environment && notNull(environment),
    healthcheck: healthcheck && mapValues<unknown, unknown>(healthcheck, durationMs),
    ports: (ports as Mapping[] | undefined)?.map(({ target, published, host_ip, protocol, app_protocol }) =>
      said({ target, published, host_ip, protocol, app_protocol }),
    ),
    volumes: (volumes as Mapping[] | undefined)?.map(({ type, source, target, read_only }) =>
      said({ type, source, target, read_only }),
    ),
    depends_on,
    networks: networks && networksOf(networks),
    secrets: grants(service["secrets"]),
    configs: grants(service["configs"]),
    stop_grace_period: stop_grace_period && composeDurationMs(stop_grace_period),
    others: othersIn(service),
  });
}

function ourService(service: Mapping, variables: Mapping): Mapping {
  const { build, healthcheck, ports, volumes, depends_on, networks } = service as Record<string, never>;
  const test = healthcheck && (healthcheck as Mapping)["test"];
  return said({
    ...sameIn(service),
    build: build && (build as Mapping)["context"],
    environment: Object.keys(variables).length > 0 || service["environment"] ? variables : undefined,
    command: service["command"] ?? undefined,
    entrypoint: service["entrypoint"] ?? undefined,
    healthcheck:
      healthcheck &&
      said({
        ...(healthcheck as Mapping),
        test: typeof test === "string" ? ["CMD-SHELL", test] : test,
        disable: (healthcheck as Mapping)["disable"] === true ? true : undefined,
      }),
    ports: (ports as Mapping[] | undefined)?.map(({ target, published, ip, protocol, appProtocol }) =>
      said({ target, published, host_ip: ip, protocol, app_protocol: appProtocol }),
    ),
    volumes: (volumes as Mapping[] | undefined)?.map(({ type, source, target, readOnly }) =>
      said({ type, source, target, read_only: readOnly === true ? true : undefined }),
    ),
    depends_on: ourDependencies(depends_on, service["links"]),
    networks: service["network_mode"] === undefined ? networksOf(networks ?? { default: null }) : undefined,
    secrets: grants(service["secrets"]),
    configs: grants(service["configs"]),
    others: othersIn(service),
  });
}

function ourDependencies(dependencies: Mapping | undefined, links: unknown): Mapping | undefined {
  const linked = ((links as string[] | undefined) ?? []).map((link) => [
    link.split(":")[0],
    { condition: "service_started", restart: true },
  ]);
  const all = { ...(Object.fromEntries(linked) as Mapping), ...dependencies };
  if (Object.keys(all).length === 0) return undefined;
  return mapValues<unknown, unknown>(all, (dependency) => {
    const { condition, required = true, restart } = dependency as Mapping;
    return said({ condition, required, restart: restart === true ? true : undefined });
  });
}

function sameIn(service: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(service).filter(
      ([key, value]) => compared.has(key) && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** That an attribute is said: how it is read is not compared. */
function othersIn(service: Mapping): readonly string[] | undefined {
  const keys = Object.entries(service)
    .filter(
      ([key, value]) =>
        !compared.has(key) &&
        !ignored.has(key) &&
        !key.startsWith("x-") &&
        ![undefined, null, false].includes(value as never),
    )
    .map(([key]) => key)
    .sort();
  return keys.length === 0 ? undefined : keys;
}

/** What compose has worked into other attributes, or leaves out where it is as by default. */
const ignored = new Set(["env_file", "extends", "scale"]);

function grants(list: unknown): unknown {
  return (list as Mapping[] | undefined)?.map(({ source, target }) =>
    said({ source, target: target === `/run/secrets/${source as string}` ? undefined : target }),
  );
}

function networksOf(networks: Mapping): Mapping {
  return mapValues<unknown, unknown>(networks, (network) =>
    said({ aliases: (network as Mapping | null)?.["aliases"] }),
  );
}

function sourceOf({ file, environment, content, external }: Mapping): Mapping {
  return said({ file, environment, content, external: external === true ? true : undefined });
}

function durationMs(value: unknown, key: string): unknown {
  return /^(?:interval|timeout|start_period|start_interval)$/.test(key)
    ? composeDurationMs(value as string)
    : value;
}

function notNull(record: Mapping): Mapping {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function said(record: Mapping): Mapping {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** Compose writes a dollar as two, so that its answer can be read as a compose file again. */
function unescaped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$$", "$");
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value !== "object" || value === null) return value;
  // Zod leaves out members of this name.
  return mapValues(
    Object.fromEntries(Object.entries(value).filter(([key]) => key !== "__proto__")),
    unescaped,
  );
}

/** The real values of secrets in place of their signs: a fixture's secrets are secrets of nobody. */
function strip<T>(value: T): T {
  if (typeof value === "string") return plain(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => strip(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value as Mapping, strip) as T;
}
