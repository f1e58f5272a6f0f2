import { z } from "zod";
import type { Text } from "./text.ts";
import { textSchema } from "./text.ts";
import { tlsSchema } from "./tls.ts";

const address = {
  host: z.string(),
  port: z.int().min(1).max(65535),
  /** Absent: plain text. */
  tls: tlsSchema.optional(),
};
const account = { user: z.string(), database: z.string(), password: textSchema };

/** How an account logs in to Kafka, by SASL. */
export const kafkaMechanismSchema = z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]);
export type KafkaMechanism = z.infer<typeof kafkaMechanismSchema>;

/** How a client inside the stack's network reaches a service, by protocol. */
export const endpointSchema = z.discriminatedUnion("protocol", [
  z.strictObject({ protocol: z.literal("postgres"), ...address, ...account }),
  z.strictObject({ protocol: z.literal("mysql"), ...address, ...account }),
  z.strictObject({
    protocol: z.literal("mongodb"),
    ...address,
    database: z.string(),
    user: z.string().optional(),
    password: textSchema.optional(),
  }),
  z.strictObject({ protocol: z.literal("redis"), ...address, password: textSchema.optional() }),
  z.strictObject({ protocol: z.literal("clickhouse"), ...address, ...account }),
  z.strictObject({
    protocol: z.literal("amqp"),
    ...address,
    user: z.string(),
    password: textSchema,
    vhost: z.string(),
  }),
  z.strictObject({
    protocol: z.literal("kafka"),
    ...address,
    user: z.string().optional(),
    password: textSchema.optional(),
    /** How the account logs in. Absent: "PLAIN". */
    mechanism: kafkaMechanismSchema.optional(),
  }),
  z.strictObject({ protocol: z.literal("http"), ...address }),
  /** Whatever it speaks, it speaks it over TCP. */
  z.strictObject({ protocol: z.literal("tcp"), ...address }),
  z.strictObject({ protocol: z.literal("udp"), ...address }),
]);

export type Endpoint = z.infer<typeof endpointSchema>;
export type Protocol = Endpoint["protocol"];
export type EndpointOf<P extends Protocol> = Extract<Endpoint, { protocol: P }>;

/** What a client may want otherwise than the protocol has it by default. */
export interface UrlParts {
  /**
   * Default: "postgres", "mysql", "mongodb", "redis", "amqp", "kafka", "http" (ClickHouse too), "tcp" or "udp"; of what speaks TLS "rediss", "amqps" and "https". Example:
   * "postgresql+asyncpg".
   */
  readonly scheme?: string;
  /**
   * What follows host and port, with its query. Default: the database of a database (of PostgreSQL in TLS with its sslmode, of MongoDB with tls=true), the virtual
   * host of a broker, else nothing. Example: "/app?sslmode=disable".
   */
  readonly path?: `/${string}`;
}

/** The URL that a client of the service is configured with; secrets in it are percent-encoded. */
export function endpointUrl(endpoint: Endpoint, parts: UrlParts = {}): Text {
  const scheme = parts.scheme ?? (endpoint.tls === undefined ? schemeOf : schemeInTls)[endpoint.protocol];
  const path = parts.path ?? pathOf(endpoint, scheme);
  const rest = `${endpoint.host}:${endpoint.port}${path}`;
  switch (endpoint.protocol) {
    case "postgres":
    case "mysql":
    case "clickhouse":
    case "amqp":
      return url(`${scheme}://${encodeURIComponent(endpoint.user)}:`, endpoint.password, `@${rest}`);
    case "mongodb":
      return endpoint.password === undefined
        ? `${scheme}://${rest}`
        : url(`${scheme}://${encodeURIComponent(endpoint.user ?? "")}:`, endpoint.password, `@${rest}`);
    case "redis":
      return endpoint.password === undefined
        ? `${scheme}://${rest}`
        : url(`${scheme}://:`, endpoint.password, `@${rest}`);
    // Its clients take the account by itself.
    case "kafka":
    case "http":
    case "tcp":
    case "udp":
      return `${scheme}://${rest}`;
  }
}

function pathOf(endpoint: Endpoint, scheme: string): string {
  if (endpoint.protocol === "mongodb") return `/${endpoint.database}${mongoOptions(endpoint)}`;
  if ("database" in endpoint) return `/${endpoint.database}${sslMode(endpoint, scheme)}`;
  // The virtual host "/" is what a URL without a path stands for.
  return "vhost" in endpoint && endpoint.vhost !== "/" ? `/${encodeURIComponent(endpoint.vhost)}` : "";
}

/** By "Connection String Options" in MongoDB's documentation. */
function mongoOptions({ password, tls }: EndpointOf<"mongodb">): string {
  const options = [
    // The image keeps its account in admin, whichever database its clients use.
    ...(password === undefined ? [] : ["authSource=admin"]),
    ...(tls === undefined ? [] : ["tls=true"]),
    ...(tls?.insecure ? ["tlsInsecure=true"] : []),
  ];
  return options.length === 0 ? "" : `?${options.join("&")}`;
}

/**
 * What libpq's clients are to verify ("SSL Mode Descriptions" in PostgreSQL's documentation). Other schemes are of libraries that say it
 * in their own way.
 */
function sslMode({ protocol, tls }: Endpoint, scheme: string): string {
  if (protocol !== "postgres" || tls === undefined || !/^postgres(ql)?$/.test(scheme)) return "";
  return `?sslmode=${tls.insecure ? "require" : "verify-full"}`;
}

const schemeOf = {
  postgres: "postgres",
  mysql: "mysql",
  mongodb: "mongodb",
  redis: "redis",
  clickhouse: "http",
  amqp: "amqp",
  kafka: "kafka",
  http: "http",
  tcp: "tcp",
  udp: "udp",
} as const satisfies Record<Protocol, string>;

const schemeInTls = {
  ...schemeOf,
  redis: "rediss",
  clickhouse: "https",
  amqp: "amqps",
  http: "https",
} as const satisfies Record<Protocol, string>;

function url(before: string, password: Text, after: string): Text {
  if (typeof password === "string") return `${before}${encodeURIComponent(password)}${after}`;
  const encoded = password.map((part) =>
    typeof part === "string" ? encodeURIComponent(part) : { ...part, encode: "uri" as const },
  );
  return [before, ...encoded, after];
}
