import { z } from "zod";
import {
  applicationFields,
  databaseUrl,
  httpUrl,
  port,
  redisUrl,
  sharedSecret,
} from "../shared/environment-fields.ts";

export const authEnvironment = z.object({
  ...applicationFields,
  PORT: port.default(8081),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  /** Signs the provider's cookies. */
  SESSION_SECRET: sharedSecret,
  /** The one client that is registered, and the key it proves itself with. */
  CLIENT_ID: z.string().default("frontend"),
  CLIENT_SECRET: sharedSecret,
  /** The issuer in every token: the address under which the others know this service. */
  PUBLIC_URL: httpUrl,
});

export type AuthEnvironment = z.infer<typeof authEnvironment>;
