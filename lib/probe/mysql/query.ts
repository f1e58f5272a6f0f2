import { addressOf } from "../address.ts";
import { judgeLatency } from "../latency.ts";
import { failed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { judgeRows, rowLimit } from "../rows.ts";
import { mysqlCause } from "./cause.ts";
import { openMysql } from "./client.ts";

/** Runs a statement, in a read-only transaction unless the probe mutates, and judges its rows and its speed. */
export const mysqlQuery: Attempt<"mysql-query"> = async (probe, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openMysql(target, context, !probe.mutates);
    const run = () => session.countRows(probe.statement, rowLimit(probe.rows));
    context.step("waiting for the query's result");
    const first = judgeRows(await run(), probe.rows, probe.statement);
    if (!first.passed || probe.p95 === undefined) return first;
    // The first run answered the question of the rows, and warmed the session as any client's is.
    return await judgeLatency(probe.p95, address, context, async () => void (await run()));
  } catch (error) {
    return failed(mysqlCause(error, address, context));
  }
};
