import { excerpt } from "./excerpt.ts";
import type { Cause } from "./outcome.ts";
import type { AttemptContext } from "./probe-kind.ts";

/** The refusal stands near the end of the log, among those of other clients. */
const linesRead = 100;

/**
 * A refused log-in, with what the server's log adds: to the client PostgreSQL says that the password is wrong also where
 * there is no such role, so as not to tell who has an account, and to its log what is the case.
 */
export async function withLogDetail(
  cause: Cause,
  user: string,
  { container, redact }: Pick<AttemptContext, "container" | "redact">,
): Promise<Cause> {
  if (cause.code !== "authentication") return cause;
  // The cause is known, and must be told also when the log cannot be had.
  const lines = await container.lastLines(linesRead).catch(() => []);
  const detail = detailOf(lines, user);
  if (detail === undefined) return cause;
  const text = `${cause.text}; its log says: ${excerpt(redact(detail))}`;
  return { ...cause, code: detail.includes("does not exist") ? "account" : cause.code, text };
}

/** The detail of the last refusal of a user, where it says more than by which rule. */
function detailOf(lines: readonly string[], user: string): string | undefined {
  const refusal = lines.findLastIndex((line) => line.includes(`authentication failed for user "${user}"`));
  if (refusal < 0) return undefined;
  const detail = /\bDETAIL: +(.*)$/.exec(lines[refusal + 1] ?? "")?.[1];
  return detail?.startsWith("Connection matched") ? undefined : detail;
}
