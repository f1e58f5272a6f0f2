import { addressOf } from "../address.ts";
import { connectAll } from "../connect-all.ts";
import type { Attempt } from "../probe-kind.ts";
import { mysqlCause } from "./cause.ts";
import { openMysql } from "./client.ts";

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export const mysqlConnections: Attempt<"mysql-connections"> = ({ count }, target, context) =>
  connectAll(
    count,
    context,
    async (quiet, opened) => {
      const session = await openMysql(target, quiet, true);
      opened(session);
      await session.countRows("SELECT 1", 1);
    },
    (error) => mysqlCause(error, addressOf(target), context),
  );
