import { z } from "zod";
import { applicationFields, httpUrl, port, sharedSecret } from "../shared/environment-fields.ts";

export const frontendEnvironment = z.object({
  ...applicationFields,
  PORT: port.default(3000),
  BACKEND_URL: httpUrl,
  AUTH_URL: httpUrl,
  /** Who this service is at auth, and the key it proves it with. */
  CLIENT_ID: z.string().default("frontend"),
  CLIENT_SECRET: sharedSecret,
});
