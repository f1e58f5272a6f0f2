import { addressOf } from "../address.ts";
import type { Finding } from "../outcome.ts";
import { failed, passed } from "../outcome.ts";
import { postgresCause } from "./cause.ts";
import { withLogDetail } from "./log.ts";
import type { PostgresSession } from "./client.ts";
import { openPostgres } from "./client.ts";
import type { Attempt } from "../probe-kind.ts";

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export const postgresConnections: Attempt<"postgres-connections"> = async ({ count }, target, context) => {
  const address = addressOf(target);
  const open: PostgresSession[] = [];
  // One connection's steps would say little of the whole; the number that stand says more.
  const quiet = { ...context, step: () => {} };
  const describe = () => context.step(`opening ${count} connections, with ${open.length} open`);
  describe();
  const connect = async () => {
    const session = await openPostgres(target, quiet, true);
    open.push(session);
    describe();
    await session.countRows("SELECT 1", 1);
  };
  const attempts = await Promise.allSettled(Array.from({ length: count }, connect));
  for (const session of open) session[Symbol.dispose]();
  const failures = attempts.filter((attempt) => attempt.status === "rejected");
  const [failure] = failures;
  return failure === undefined ? passed : notAll(count, count - failures.length);

  async function notAll(wanted: number, succeeded: number): Promise<Finding> {
    const refusal = postgresCause(failure?.reason, address, context);
    const cause = await withLogDetail(refusal, target.user, context);
    if (succeeded === 0) return failed(cause);
    return failed({
      ...cause,
      text: `${succeeded} of ${wanted} connections succeeded, the next failed: ${cause.text}`,
    });
  }
};
