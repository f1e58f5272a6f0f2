import type { Expression, Member, Value } from "./expression.ts";
import { callOf, listOf, objectOf } from "./expression.ts";
import type { GateProbe, ImportedService, ImportedValue } from "./translation.ts";

/** The validation that every service of an imported stack has. */
export const validation = "ready";

/** A service's declaration: the call of `postgres()`, `httpService()` or their like. */
export function serviceExpression(
  service: ImportedService,
  commentsOf: (option: string, variable?: string) => readonly string[],
): Expression {
  const { account, probes } = service;
  const options = objectOf({
    image: service.image,
    database: account?.database,
    user: account && account.user !== account.database ? account.user : undefined,
    password: secretCall(account?.password ?? service.password),
    maxMemory: service.maxMemory,
    port: service.port,
    publish: service.publish,
    entrypoint: service.entrypoint,
    command: service.command,
    env: unlessEmpty(mapMembers(service.env, valueExpression, (variable) => commentsOf("env", variable))),
    files: unlessEmpty(mapMembers(service.files, fileExpression)),
    volumes: unlessEmpty(objectOf(service.volumes)),
    networks: service.networks,
    init: service.init,
    grace: service.grace,
    healthcheck: service.healthcheck && objectOf({ ...service.healthcheck }),
    validations: probes.length === 0 ? undefined : objectOf({ [validation]: probesExpression(probes) }),
  });
  const members = options.members.map((member) => withComments(member, commentsOf(member.key)));
  return callOf(service.kind, { kind: "object", members });
}

/** The member with comments over it. */
export function withComments(member: Member, comments: readonly string[]): Member {
  return comments.length === 0 ? member : { ...member, comments: [...(member.comments ?? []), ...comments] };
}

function mapMembers<T>(
  record: Readonly<Record<string, T>>,
  expressionOf: (value: T) => Expression,
  commentsOf: (key: string) => readonly string[] = () => [],
): Expression & { readonly kind: "object" } {
  return {
    kind: "object",
    members: Object.entries(record).map(([key, value]) =>
      withComments({ key, value: expressionOf(value) }, commentsOf(key)),
    ),
  };
}

function unlessEmpty(object: Expression & { readonly kind: "object" }): Value {
  return object.members.length === 0 ? undefined : object;
}

function secretCall(name: string | undefined): Value {
  return name === undefined ? undefined : callOf("secret", name);
}

function valueExpression(value: ImportedValue): Expression {
  switch (value.kind) {
    case "text":
      return { kind: "text", value: value.text };
    case "secret":
      return callOf("secret", value.name);
    case "url":
      return callOf("urlOf", value.service, objectOf({ scheme: value.scheme, path: value.path }));
  }
}

/** A text of several lines is written line by line. */
function fileExpression(parts: readonly ImportedValue[]): Expression {
  return listOf(
    parts.flatMap((part) =>
      part.kind === "text"
        ? (part.text.match(/[^\n]*\n|[^\n]+$/g) ?? [""]).map((value): Expression => ({ kind: "text", value }))
        : [valueExpression(part)],
    ),
  );
}

function probesExpression(probes: readonly GateProbe[]): Expression {
  return objectOf(Object.fromEntries(probes.map((probe) => [probeName(probe), probeExpression(probe)])));
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
    case "query":
      return "answers";
  }
}

function probeExpression(probe: GateProbe): Expression {
  // What is phasegate's own default need not be said.
  const options = { timeout: probe.timeout === "5s" ? undefined : probe.timeout, level: "basic" };
  switch (probe.kind) {
    case "sql":
      return callOf("sql", probe.statement, objectOf(options));
    case "query":
      return callOf("query", probe.statement, objectOf(options));
    case "ping":
      return callOf("ping", objectOf(options));
    case "tcp":
      return callOf("tcp", probe.port, objectOf(options));
    case "grpc":
      return callOf("grpcHealth", objectOf({ port: probe.port, service: probe.service, ...options }));
    case "running":
      return callOf("running", objectOf(options));
    case "exec":
      return callOf("exec", probe.command, objectOf(options));
    case "http": {
      const headers = Object.keys(probe.headers).length === 0 ? undefined : objectOf(probe.headers);
      return callOf(probe.method === "GET" ? "get" : "post", probe.path, objectOf({ headers, ...options }));
    }
  }
}
