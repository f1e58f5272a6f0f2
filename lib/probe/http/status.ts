import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";

/**
 * The statuses of a service that does not know the path, or who asks. A service that starts may answer so for
 * a while; one that answers other paths well will go on.
 */
const ofStrangers: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);

/** Bad Request and Misdirected Request: so a server answers that does not go by the host name that it was asked under. */
const ofRefusedRequests: ReadonlySet<number> = new Set([400, 421]);

/** The cause of an HTTP answer with another status than the expected one. */
export function statusCause(status: number, location: string | undefined, text: string): Cause {
  // That it wants TLS is a matter of its settings, and not of time.
  if (status >= 300 && status < 400 && /^https:/i.test(location ?? "")) return causeOf("https", text, true);
  if (ofRefusedRequests.has(status)) return causeOf("request", text);
  const cause = causeOf("status", text);
  return ofStrangers.has(status) ? { ...cause, permanentOncePassing: true } : cause;
}
