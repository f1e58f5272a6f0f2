import { z } from "zod";
import type { Text } from "./text.ts";
import { textSchema } from "./text.ts";

const address = { host: z.string(), port: z.int().min(1).max(65535) };
const account = { user: z.string(), database: z.string(), password: textSchema };

/** How a client inside the stack's network reaches a service, by protocol. */
export const endpointSchema = z.discriminatedUnion("protocol", [
  z.strictObject({ protocol: z.literal("postgres"), ...address, ...account }),
  z.strictObject({ protocol: z.literal("redis"), ...address, password: textSchema.optional() }),
  z.strictObject({ protocol: z.literal("clickhouse"), ...address, ...account }),
  z.strictObject({ protocol: z.literal("http"), ...address }),
]);

export type Endpoint = z.infer<typeof endpointSchema>;
export type Protocol = Endpoint["protocol"];
export type EndpointOf<P extends Protocol> = Extract<Endpoint, { protocol: P }>;

/** The URL that a client of the service is configured with; secrets in it are percent-encoded. */
export function endpointUrl(endpoint: Endpoint): Text {
  const at = `${endpoint.host}:${endpoint.port}`;
  switch (endpoint.protocol) {
    case "postgres":
      return url(
        `postgres://${encodeURIComponent(endpoint.user)}:`,
        endpoint.password,
        `@${at}/${endpoint.database}`,
      );
    case "clickhouse":
      return url(
        `http://${encodeURIComponent(endpoint.user)}:`,
        endpoint.password,
        `@${at}/${endpoint.database}`,
      );
    case "redis":
      return endpoint.password === undefined
        ? `redis://${at}`
        : url("redis://:", endpoint.password, `@${at}`);
    case "http":
      return `http://${at}`;
  }
}

function url(before: string, password: Text, after: string): Text {
  if (typeof password === "string") return `${before}${encodeURIComponent(password)}${after}`;
  const encoded = password.map((part) =>
    typeof part === "string" ? encodeURIComponent(part) : { ...part, encode: "uri" as const },
  );
  return [before, ...encoded, after];
}
