import { z } from "zod";
import { databaseUrl, durationInMs } from "../shared/environment-fields.ts";

export const migrationsEnvironment = z.object({
  DATABASE_URL: databaseUrl,
  /** For how long a server that does not accept connections yet is waited for. */
  WAIT_FOR_DATABASE: durationInMs.default(60_000),
});
