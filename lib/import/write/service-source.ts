import type { Member, Source, Value } from "./source.ts";
import { callOf, listOf, membersOf, objectOf, sourceOf } from "./source.ts";
import type {
  GateProbe,
  ImportedBuild,
  ImportedMount,
  ImportedService,
  ImportedValue,
} from "../translate/translation.ts";

/** The validation that every service of an imported stack has. */
export const validation = "ready";

/** A service's declaration: the call of `postgres()`, `httpService()` or their like. */
export function serviceSource(
  service: ImportedService,
  commentsOf: (option: string, variable?: string) => readonly string[],
): Source {
  const { account, probes } = service;
  const isBroker = service.kind === "rabbitmq";
  const options = membersOf({
    in: service.in,
    image: typeof service.image === "string" ? service.image : buildSource(service.image),
    replicas: service.replicas,
    database: isBroker ? undefined : account?.database,
    user: account && account.user !== (isBroker ? "guest" : account.database) ? account.user : undefined,
    password: secretCall(account?.password ?? service.password),
    vhost: isBroker && account?.database !== "/" ? account?.database : undefined,
    rootPassword: secretCall(account?.rootPassword),
    maxMemory: service.maxMemory,
    port: service.port,
    publish: service.publish,
    ports: unlessEmpty(mapMembers(service.ports, (port) => sourceOf({ ...port }))),
    entrypoint: service.entrypoint,
    command: service.command,
    runs: service.runs,
    env: unlessEmpty(mapMembers(service.env, valueSource, (variable) => commentsOf("env", variable))),
    envFile: service.envFile.length === 0 ? undefined : service.envFile,
    files: unlessEmpty(mapMembers(service.files, fileSource)),
    volumes: unlessEmpty(membersOf(service.volumes)),
    mounts: unlessEmpty(mapMembers(service.mounts, mountSource)),
    networks: service.networks,
    externalNetworks: service.externalNetworks.length === 0 ? undefined : service.externalNetworks,
    init: service.init,
    grace: service.grace,
    ...service.options,
    healthcheck: service.healthcheck && { ...service.healthcheck },
    validations: probes.length === 0 ? undefined : { [validation]: probesSource(probes) },
  });
  const members = options.map((member) => withComments(member, commentsOf(member.key)));
  return callOf(service.kind, objectOf(members));
}

/** The member with comments over it. */
export function withComments(member: Member, comments: readonly string[]): Member {
  return comments.length === 0 ? member : { ...member, comments: [...(member.comments ?? []), ...comments] };
}

function mapMembers<T>(
  record: Readonly<Record<string, T>>,
  valueSourceOf: (value: T) => Source,
  commentsOf: (key: string) => readonly string[] = () => [],
): readonly Member[] {
  return Object.entries(record).map(([key, value]) =>
    withComments({ key, value: valueSourceOf(value) }, commentsOf(key)),
  );
}

function unlessEmpty(members: readonly Member[]): Value {
  return members.length === 0 ? undefined : objectOf(members);
}

function secretCall(name: string | undefined): Value {
  return name === undefined ? undefined : callOf("secret", name);
}

function valueSource(value: ImportedValue): Source {
  switch (value.kind) {
    case "text":
      return sourceOf(value.text);
    case "secret":
      return callOf("secret", value.name);
    case "passThrough":
      return callOf("passThrough", value.name);
    case "url":
      return callOf("urlOf", value.service, { scheme: value.scheme, path: value.path });
  }
}

function mountSource(mount: ImportedMount): Source {
  switch (mount.kind) {
    case "hostFile":
    case "hostFolder":
      return callOf(mount.kind, mount.path, { writable: mount.writable ? true : undefined });
    case "volume":
    case "externalVolume":
      return callOf(mount.kind, mount.name, { readOnly: mount.readOnly ? true : undefined });
    case "tmpfs":
      return callOf("tmpfs", { size: mount.size, mode: mount.mode });
  }
}

function buildSource({ folder, file, target, args, secrets }: ImportedBuild): Source {
  return callOf("dockerfile", folder, {
    file,
    target,
    args,
    secrets: secrets && unlessEmpty(mapMembers(secrets, (name) => callOf("secret", name))),
  });
}

/** A text of several lines is written line by line. */
function fileSource(parts: readonly ImportedValue[]): Source {
  return listOf(
    parts.flatMap((part) =>
      part.kind === "text"
        ? (part.text.match(/[^\n]*\n|[^\n]+$/g) ?? [""]).map((line) => sourceOf(line))
        : [valueSource(part)],
    ),
  );
}

function probesSource(probes: readonly GateProbe[]): Source {
  return sourceOf(Object.fromEntries(probes.map((probe) => [probeName(probe), probeSource(probe)])));
}

function probeName({ kind }: GateProbe): string {
  switch (kind) {
    case "tcp":
      return "listens";
    case "running":
      return "staysUp";
    case "http":
    case "grpc":
      return "isHealthy";
    case "exec":
      return "passesItsCheck";
    case "sql":
    case "ping":
    case "amqp":
    case "brokers":
    case "memcached":
    case "query":
      return "answers";
  }
}

function probeSource(probe: GateProbe): Source {
  // What is phasegate's own default need not be said.
  const options = { timeout: probe.timeout === "5s" ? undefined : probe.timeout, level: "basic" };
  switch (probe.kind) {
    case "sql":
      return callOf("sql", probe.statement, options);
    case "query":
      return callOf("query", probe.statement, options);
    case "ping":
    case "amqp":
    case "brokers":
      return callOf(probe.kind, options);
    case "tcp":
      return callOf("tcp", probe.port, options);
    case "memcached":
      return callOf("memcached", { port: probe.port === 11_211 ? undefined : probe.port, ...options });
    case "grpc":
      return callOf("grpcHealth", { port: probe.port, service: probe.service, ...options });
    case "running":
      return callOf("running", options);
    case "exec":
      return callOf("exec", probe.command, options);
    case "http": {
      const headers = Object.keys(probe.headers).length === 0 ? undefined : probe.headers;
      return callOf(probe.method === "GET" ? "get" : "post", probe.path, { headers, ...options });
    }
  }
}
