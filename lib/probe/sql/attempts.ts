/** What probes ask of every database that speaks SQL. Each family says how a session is opened, and what its errors mean. */
import { addressOf } from "../address.ts";
import { connectAll } from "../connect-all.ts";
import { judgeLatency } from "../latency.ts";
import type { Cause, Finding } from "../outcome.ts";
import { failed } from "../outcome.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { judgeRows, rowLimit } from "../rows.ts";
import type { ProbeOf } from "../../model/probe.ts";
import type { SqlSession } from "./session.ts";

type QueryKind = "postgres-query" | "mysql-query" | "clickhouse-query";
type ConnectionsKind = "postgres-connections" | "mysql-connections";

interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a family of databases brings along. `Target` is how its server is reached. */
export interface SqlFamily<Target> {
  /** Connects and logs in. `readOnly` has the server refuse what writes. */
  readonly open: (
    target: Target,
    context: AttemptContext,
    readOnly: boolean,
  ) => SqlSession | Promise<SqlSession>;
  /** The cause behind an error of the client library. It throws the error itself where that is a defect of the prober. */
  readonly causeOf: (error: unknown, target: Target, context: AttemptContext) => Cause | Promise<Cause>;
}

/** Runs a statement, read-only unless the probe mutates, and judges its rows and its speed. */
export function sqlQuery<Target extends Address>({ open, causeOf }: SqlFamily<Target>) {
  return async (
    { statement, rows, p95, mutates }: ProbeOf<QueryKind>,
    target: Target,
    context: AttemptContext,
  ): Promise<Finding> => {
    try {
      using session = await open(target, context, !mutates);
      const run = () => session.countRows(statement, rowLimit(rows));
      const first = judgeRows(await run(), rows, statement);
      if (!first.passed || p95 === undefined) return first;
      // The first run answered the question of the rows, and warmed the session as any client's is.
      return await judgeLatency(p95, addressOf(target), context, async () => void (await run()));
    } catch (error) {
      return failed(await causeOf(error, target, context));
    }
  };
}

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export function sqlConnections<Target extends Address>({ open, causeOf }: SqlFamily<Target>) {
  return ({ count }: ProbeOf<ConnectionsKind>, target: Target, context: AttemptContext): Promise<Finding> =>
    connectAll(
      count,
      context,
      async (quiet, opened) => {
        const session = await open(target, quiet, true);
        opened(session);
        await session.countRows("SELECT 1", 1);
      },
      (error) => causeOf(error, target, context),
    );
}
