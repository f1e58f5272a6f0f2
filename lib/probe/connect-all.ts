import type { Cause, Finding } from "./outcome.ts";
import { failed, passed } from "./outcome.ts";
import type { AttemptContext } from "./probe-kind.ts";

/**
 * Opens `count` connections at the same time, and closes none before all have answered or failed.
 * @param connect opens one, and has it answer
 * @param causeOf makes a cause of what the first of them failed with
 */
export async function connectAll(
  count: number,
  context: AttemptContext,
  connect: (context: AttemptContext, opened: (session: Disposable) => void) => Promise<void>,
  causeOf: (error: unknown) => Cause | Promise<Cause>,
): Promise<Finding> {
  const open: Disposable[] = [];
  // One connection's steps would say little of the whole; the number that stand says more.
  const quiet = { ...context, step: () => {} };
  const describe = () => context.step(`opening ${count} connections, with ${open.length} open`);
  describe();
  const opened = (session: Disposable) => {
    open.push(session);
    describe();
  };
  const attempts = await Promise.allSettled(Array.from({ length: count }, () => connect(quiet, opened)));
  for (const session of open) session[Symbol.dispose]();
  const failures = attempts.filter((attempt) => attempt.status === "rejected");
  const [failure] = failures;
  if (failure === undefined) return passed;
  const cause = await causeOf(failure.reason);
  const succeeded = count - failures.length;
  if (succeeded === 0) return failed(cause);
  return failed({
    ...cause,
    text: `${succeeded} of ${count} connections succeeded, the next failed: ${cause.text}`,
  });
}
