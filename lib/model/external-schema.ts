/** What an external service is made of, as it is declared: what one of its kind is, without all that a container is given. */
import { z } from "zod";
import { exactObject, kindError, textThat } from "../core/schema-parts.ts";
import { issuesOf } from "../core/zod-problems.ts";
import { declaredWatchingSchema } from "./declared-supervision-schema.ts";
import { portSchema } from "./probe-parts/network.ts";
import { serviceSchema, serviceSchemas } from "./service-schema.ts";

const isHostName = (text: string) =>
  text.length <= 253 && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(text);

/** Where an external service is. */
export const externalHostSchema = textThat(
  isHostName,
  'a host name or an IPv4 address such as "db.example.com"',
);

/** What it says as any service does. All else that every container may be given means nothing for it. */
const proven = [
  ...(["kind", "port", "validations", "in"] as const),
  ...(["successThreshold", "failureThreshold", "minReady", "cadence", "timeout", "failFast"] as const),
] as const;

type Proven = (typeof proven)[number];
const anyPort = portSchema.optional();
type Kept<S, Settings extends keyof S> = Omit<S, OfContainers | Settings> &
  ("port" extends keyof S ? unknown : { readonly port: typeof anyPort });
type OfContainers = Exclude<keyof typeof serviceSchemas.container.shape, Proven>;

/**
 * The schema of an external service, from that of a container of its kind: what that has besides what every container has.
 * @param settings options that set up a server of one's own
 */
function externalOf<S extends z.core.$ZodShape, const Settings extends keyof S = never>(
  { shape }: z.ZodObject<S, z.core.$strict>,
  settings: readonly Settings[] = [],
) {
  const ofContainers = new Set(Object.keys(serviceSchemas.container.shape));
  const isKept = (key: string) =>
    (proven as readonly string[]).includes(key) ||
    (!ofContainers.has(key) && !(settings as readonly PropertyKey[]).includes(key));
  // A server of one's own has the port of its kind, and a managed one may have another.
  const kept = { port: anyPort, ...Object.fromEntries(Object.entries(shape).filter(([key]) => isKept(key))) };
  return exactObject({
    ...(kept as unknown as Kept<S, Settings>),
    external: z.literal(true),
    host: externalHostSchema.optional(),
    supervision: declaredWatchingSchema.optional(),
  });
}

/** Each kind that may be external: every one that listens. Who adds a kind of service adds it here, and to `external`. */
export const externalSchemas = {
  postgres: externalOf(serviceSchemas.postgres),
  mysql: externalOf(serviceSchemas.mysql, ["rootPassword"]),
  mongodb: externalOf(serviceSchemas.mongodb),
  rabbitmq: externalOf(serviceSchemas.rabbitmq),
  kafka: externalOf(serviceSchemas.kafka),
  redis: externalOf(serviceSchemas.redis, ["maxMemory"]),
  clickhouse: externalOf(serviceSchemas.clickhouse),
  http: externalOf(serviceSchemas.http),
  container: externalOf(exactObject({ ...serviceSchemas.container.shape, port: portSchema })),
};

const externalSchema = z.discriminatedUnion(
  "kind",
  [
    externalSchemas.postgres,
    externalSchemas.mysql,
    externalSchemas.mongodb,
    externalSchemas.rabbitmq,
    externalSchemas.kafka,
    externalSchemas.redis,
    externalSchemas.clickhouse,
    externalSchemas.http,
    externalSchemas.container,
  ],
  {
    error: kindError("must be made by external.postgres(), external.http() or another function of external"),
  },
);

/** Accepts a service as it is declared: one that is a container, or an external one. */
export const declaredServiceSchema = z.unknown().superRefine((service, context) => {
  const isExternal = typeof service === "object" && service !== null && "external" in service;
  for (const issue of issuesOf(isExternal ? externalSchema : serviceSchema, service))
    context.addIssue({ ...issue });
});
