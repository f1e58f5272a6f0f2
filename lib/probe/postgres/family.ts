import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import type { SqlFamily } from "../sql/attempts.ts";
import { postgresCause } from "./cause.ts";
import { openPostgres } from "./client.ts";
import { withLogDetail } from "./log.ts";

export const postgres: SqlFamily<EndpointOf<"postgres">> = {
  open: openPostgres,
  causeOf: (error, target, context) =>
    withLogDetail(postgresCause(error, addressOf(target), context), target.user, context),
};
