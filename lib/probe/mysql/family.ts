import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import type { SqlFamily } from "../sql/attempts.ts";
import { mysqlCause } from "./cause.ts";
import { openMysql } from "./client.ts";

export const mysql: SqlFamily<EndpointOf<"mysql">> = {
  open: openMysql,
  causeOf: (error, target, context) => mysqlCause(error, addressOf(target), context),
};
