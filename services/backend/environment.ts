import { z } from "zod";
import {
  applicationFields,
  clickhouseUrl,
  databaseUrl,
  httpUrl,
  port,
  redisUrl,
} from "../shared/environment-fields.ts";

export const backendEnvironment = z.object({
  ...applicationFields,
  PORT: port.default(8000),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  CLICKHOUSE_URL: clickhouseUrl,
  AUTH_URL: httpUrl,
});
