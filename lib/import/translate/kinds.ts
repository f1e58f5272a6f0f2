import { isTainted } from "../read/taint.ts";
import type { ImportedProbe } from "./imported-probe.ts";
import { readHealthCheck } from "./health-check.ts";
import type { DatabaseKind, KnownImage } from "./images.ts";
import { knownImage } from "./images.ts";
import type { ReadService } from "../read/read-project.ts";
import type { Selected } from "../read/select-services.ts";
import type { UrlText } from "./url.ts";
import { isPort, parseUrl } from "./url.ts";

/** What becomes of a service: which function of the declaration language declares it. */
export type ImportedKind = DatabaseKind | "httpService" | "service" | "job";

/** A service whose kind and port are known, not yet more. */
export interface Kinded extends ReadService {
  readonly kind: ImportedKind;
  readonly port: number | undefined;
  readonly image: KnownImage;
  /** The variables that are whole URLs. */
  readonly urls: readonly UrlText[];
  /** What the health check asks, as far as it can be recognised. */
  readonly check: ReturnType<typeof readHealthCheck>;
  /** Whether it is called a job by its looks alone. */
  readonly guessed: boolean;
}

const portOf = {
  postgres: 5432,
  mysql: 3306,
  mongodb: 27017,
  redis: 6379,
  clickhouse: 8123,
  rabbitmq: 5672,
  kafka: 9092,
} as const;
/** Ports that hardly anything but HTTP is served on. */
const webPorts = new Set([80, 3000, 3001, 4000, 4200, 5000, 5173, 8000, 8001, 8080, 8081, 8888]);
const oneShot = /migrat|alembic|flyway|liquibase|seed|bootstrap|\binit\b|\bsetup\b/i;

/** Recognises the kind of each service, by who waits for it and how, its image, its ports, and by how the others call it. */
export function kindsOf(
  services: readonly ReadService[],
  hostNames: ReadonlyMap<string, string>,
): readonly Kinded[] {
  const completed = new Set(
    services.flatMap(({ dependencies }) =>
      dependencies.flatMap(({ on, condition }) =>
        condition === "service_completed_successfully" ? [on] : [],
      ),
    ),
  );
  const read = services.map((service) => ({
    ...service,
    urls: Object.values(service.variables).flatMap((value) => parseUrl(value) ?? []),
  }));
  const callsTo = (name: string) =>
    read.flatMap((other) =>
      other.name === name ? [] : other.urls.filter(({ host }) => hostNames.get(host) === name),
    );
  return read.map((service): Kinded => {
    const { name } = service;
    const known = knownImage(service.service.image);
    const calls = callsTo(name);
    const server = known.kind !== undefined && isServer(service, known.kind) ? known.kind : undefined;
    const database = server !== undefined && isAccountKnown(service, server) ? server : undefined;
    const own = server === "kafka" ? advertisedPort(service) : undefined;
    const image: KnownImage =
      server === undefined ? known : { port: own ?? portOf[server], role: "data", ...known };
    const check = readHealthCheck(service.service, { name, kind: database });
    const common = { ...service, image, check, guessed: false };
    if (completed.has(name)) return { ...common, kind: "job", port: undefined };
    if (database !== undefined) return { ...common, kind: database, port: portOf[database] };
    const port = choosePort(service, image, check?.probe, calls);
    if (port === undefined && looksLikeJob(service))
      return { ...common, kind: "job", port: undefined, guessed: true };
    return { ...common, kind: port !== undefined && speaksHttp() ? "httpService" : "service", port };

    function speaksHttp(): boolean {
      if (check?.probe?.kind === "http" && check.probe.port === port) return true;
      if (calls.some((url) => (url.port ?? 80) === port && /^(?:https?|wss?)$/.test(url.scheme))) return true;
      const declared = (service.service.ports ?? []).find(({ target }) => target === port)?.appProtocol;
      if (declared !== undefined) return /^(?:http|ws)/.test(declared);
      if (image.port === port && port !== undefined) return image.http === true;
      return calls.length === 0 && port !== undefined && webPorts.has(port);
    }
  });
}

/** Whether an image of a database runs its server here, and not a client or a script. */
function isServer({ service }: ReadService, kind: DatabaseKind): boolean {
  if (service.entrypoint !== undefined && service.entrypoint !== null) return false;
  const [first] = service.command ?? [];
  if (first === undefined || first.startsWith("-")) return true;
  const servers = {
    postgres: /^postgres$/,
    mysql: /^(?:mysqld|mariadbd)$/,
    mongodb: /^mongod$/,
    redis: /^(?:redis|valkey)-server$/,
    rabbitmq: /^rabbitmq-server$/,
  } as const;
  return kind in servers && servers[kind as keyof typeof servers].test(first);
}

/** Whether it is said in the file whose database it is. */
function isAccountKnown(service: ReadService, kind: DatabaseKind): boolean {
  const { variables } = service;
  // The account itself is a secret then, and an import does not read those.
  for (const part of accountNames(kind))
    if (variables[`${part}_FILE`] !== undefined || isTainted(variables[part] ?? "")) return false;
  // A broker sends its clients on to where it says that it is: by no other name do they reach it.
  if (kind === "kafka") return advertisedPort(service) === portOf.kafka;
  // Without a database there is no URL of it.
  if (kind === "mysql" && !accountNames(kind).some((part) => /DATABASE$/.test(part) && variables[part]))
    return false;
  return true;
}

/** The port that a Kafka broker is at for other services, without TLS and accounts. */
function advertisedPort({ name, variables }: ReadService): number | undefined {
  const listeners = (variables["KAFKA_ADVERTISED_LISTENERS"] ?? "").split(",").map((one) => one.trim());
  const protocols = variables["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] ?? "";
  for (const listener of listeners) {
    const [, protocol = "", host, port] = /^([\w.-]+):\/\/([^:/]+):(\d+)$/.exec(listener) ?? [];
    const isPlain =
      protocol === "PLAINTEXT" || protocols.split(",").some((one) => one.trim() === `${protocol}:PLAINTEXT`);
    if (host === name && isPlain && isPort(Number(port))) return Number(port);
  }
  return undefined;
}

/** The variables that say whose database it is. */
function accountNames(kind: DatabaseKind): readonly string[] {
  switch (kind) {
    case "mysql":
      return ["MYSQL", "MARIADB"].flatMap((prefix) => [`${prefix}_USER`, `${prefix}_DATABASE`]);
    case "postgres":
    case "clickhouse":
      return [`${kind.toUpperCase()}_USER`, `${kind.toUpperCase()}_DB`];
    case "mongodb":
      return ["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_DATABASE"];
    case "rabbitmq":
      return ["RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_VHOST"];
    case "redis":
    case "kafka":
      return [];
  }
}

function choosePort(
  { service, variables }: ReadService,
  image: KnownImage,
  probe: ImportedProbe | undefined,
  calls: readonly UrlText[],
): number | undefined {
  const targets = (service.ports ?? [])
    .filter(({ protocol }) => protocol === "tcp")
    .map(({ target }) => target);
  const exposed = (service.expose ?? []).map((port) => Number.parseInt(port, 10));
  const offered = [...targets, ...exposed].filter(isPort);
  const checked = probe !== undefined && "port" in probe ? probe.port : undefined;
  const called = calls.map(({ port, scheme }) => port ?? (/^(?:http|ws)$/.test(scheme) ? 80 : undefined));
  const wanted = [...called, checked].find((port) => port !== undefined && offered.includes(port));
  const own = isPort(Number(variables["PORT"])) ? Number(variables["PORT"]) : undefined;
  return wanted ?? offered[0] ?? called.find((port) => port !== undefined) ?? checked ?? own ?? image.port;
}

function looksLikeJob({ name, service }: Selected): boolean {
  if (service.healthcheck !== undefined) return false;
  if (!/^(?:no|on-failure.*)$/.test(service.restart ?? "")) return false;
  // Nothing starts it with the others and nothing starts it again: it is run by hand or by a cron of the host's.
  if (service.restart === "no" && (service.profiles ?? []).length > 0 && service.tty !== true) return true;
  const command = [service.command ?? []].flat().join(" ");
  return oneShot.test(name) || oneShot.test(command);
}
