import { excerpt } from "../../core/excerpt.ts";
import type { Cause } from "../outcome.ts";
import type { AttemptContext } from "../probe-kind.ts";

/** A line is a moment on its way from the server to the engine. Looked for again after these waits. */
const waitsMs = [20, 50, 100];
/** The refusal stands near the end of the log, among those of other clients. */
const linesRead = 100;

/**
 * A refused log-in, with what the server's log adds: to the client PostgreSQL says that the password is wrong also where
 * there is no such role, so as not to tell who has an account, and to its log what is the case.
 */
export async function withLogDetail(
  cause: Cause,
  user: string,
  { container, redact, clock, signal }: Pick<AttemptContext, "container" | "redact" | "clock" | "signal">,
): Promise<Cause> {
  if (cause.code !== "authentication") return cause;
  // The cause is known, and must be reported also when the log cannot be had.
  const look = async () => detailOf(await container.lastLines(linesRead).catch(() => []), user);
  let detail = await look();
  for (const ms of waitsMs) {
    if (detail !== undefined || signal.aborted) break;
    await clock.sleep(ms, signal);
    detail = await look();
  }
  if (detail === undefined || detail.startsWith("Connection matched")) return cause;
  const text = `${cause.text}; its log says: ${excerpt(redact(detail))}`;
  return { ...cause, code: detail.includes("does not exist") ? "account" : cause.code, text };
}

/** The detail of the last refusal of a user: why, or no more than by which rule. */
function detailOf(lines: readonly string[], user: string): string | undefined {
  const refusal = lines.findLastIndex((line) => line.includes(`authentication failed for user "${user}"`));
  if (refusal < 0) return undefined;
  return /\bDETAIL: +(.*)$/.exec(lines[refusal + 1] ?? "")?.[1];
}
