import { addressOf } from "../address.ts";
import { clickhouseCause } from "./cause.ts";
import { openClickHouse } from "./client.ts";
import { judgeLatency } from "../latency.ts";
import { failed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { judgeRows, rowLimit } from "../rows.ts";

/** Runs a statement, read-only unless the probe mutates, and judges its rows and its speed. */
export const clickhouseQuery: Attempt<"clickhouse-query"> = async (probe, target, context) => {
  const address = addressOf(target);
  try {
    using session = openClickHouse(target, context, !probe.mutates);
    const run = () => session.countRows(probe.statement, rowLimit(probe.rows));
    const first = judgeRows(await run(), probe.rows, probe.statement);
    if (!first.passed || probe.p95 === undefined) return first;
    // The first run answered the question of the rows, and warmed the connection as any client's is.
    return await judgeLatency(probe.p95, address, context, async () => void (await run()));
  } catch (error) {
    return failed(clickhouseCause(error, address, context));
  }
};
