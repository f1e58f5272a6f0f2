import { addressOf } from "../address.ts";
import { connectAll } from "../connect-all.ts";
import type { Attempt } from "../probe-kind.ts";
import { postgresCause } from "./cause.ts";
import { openPostgres } from "./client.ts";
import { withLogDetail } from "./log.ts";

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export const postgresConnections: Attempt<"postgres-connections"> = ({ count }, target, context) =>
  connectAll(
    count,
    context,
    async (quiet, opened) => {
      const session = await openPostgres(target, quiet, true);
      opened(session);
      await session.countRows("SELECT 1", 1);
    },
    (error) => withLogDetail(postgresCause(error, addressOf(target), context), target.user, context),
  );
