import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, CauseCode } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

interface Meaning {
  readonly code: CauseCode;
  readonly permanent: boolean;
  /** What there is to add to the server's own words. */
  readonly advice?: string;
}

const blocked =
  "; it stays so until its administrator says FLUSH HOSTS: connections that are closed before they log in, as those of a tcp probe, bring it about";
const wantsTls = " (where it wants TLS, the service says tls)";
const writes = "a probe that is meant to write says mutates: true";

/**
 * What the error numbers of MySQL and MariaDB mean to a probe ("Server Error Message Reference" of the one, "MariaDB
 * Error Code Reference" of the other). What is not listed is an error of the server that may pass.
 *
 * Wrong credentials and a missing database are permanent: while the images initialise their data, the server listens
 * on a Unix socket only, so whoever is answered over the network is answered by the finished server. A missing table
 * or column is not: a migration may bring it.
 */
const meanings: Readonly<Record<number, Meaning>> = {
  1045: { code: "authentication", permanent: true }, // ER_ACCESS_DENIED_ERROR: of a missing user, too
  1698: { code: "authentication", permanent: true }, // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  1862: { code: "account", permanent: true }, // ER_MUST_CHANGE_PASSWORD_LOGIN
  1820: { code: "account", permanent: true }, // ER_MUST_CHANGE_PASSWORD
  3118: { code: "account", permanent: true }, // ER_ACCOUNT_HAS_BEEN_LOCKED
  1130: { code: "account", permanent: true }, // ER_HOST_NOT_PRIVILEGED
  1129: { code: "account", permanent: true, advice: blocked }, // ER_HOST_IS_BLOCKED
  // ER_DBACCESS_DENIED_ERROR: to a user who has no right to it, the server does not tell whether it exists.
  1044: { code: "account", permanent: true, advice: "; it may not exist" },
  1142: { code: "account", permanent: false }, // ER_TABLEACCESS_DENIED_ERROR: a grant may come
  1143: { code: "account", permanent: false }, // ER_COLUMNACCESS_DENIED_ERROR
  1049: { code: "server", permanent: true }, // ER_BAD_DB_ERROR
  1064: { code: "server", permanent: true }, // ER_PARSE_ERROR
  1792: { code: "server", permanent: true, advice: ` (${writes})` }, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  3159: { code: "protocol", permanent: true, advice: wantsTls }, // ER_SECURE_TRANSPORT_REQUIRED
  1040: { code: "capacity", permanent: false }, // ER_CON_COUNT_ERROR
  1203: { code: "capacity", permanent: false }, // ER_TOO_MANY_USER_CONNECTIONS
  1226: { code: "capacity", permanent: false }, // ER_USER_LIMIT_REACHED
  1317: { code: "timeout", permanent: false }, // ER_QUERY_INTERRUPTED, by KILL QUERY
  1969: { code: "timeout", permanent: false }, // ER_STATEMENT_TIMEOUT, of MariaDB
  3024: { code: "timeout", permanent: false }, // ER_QUERY_TIMEOUT, of MySQL
};

/** What the library finds wrong in what the server sends. */
const notUnderstood = /^(PROTOCOL_|HANDSHAKE_|AUTH_|ER_MALFORMED_PACKET)/;

/**
 * The cause behind an error of the client library.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function mysqlCause(error: unknown, address: string, context: CauseContext): Cause {
  if (!(error instanceof Error)) throw error;
  const { code, errno } = error as NodeJS.ErrnoException;
  // The library gives the server's words a place of their own; errors of the network have a number, too.
  if ("sqlMessage" in error && errno !== undefined)
    return serverCause(error.message, errno, address, context);
  if (code === "PROTOCOL_CONNECTION_LOST")
    return causeOf("reset", `connection closed by ${address} while ${context.currentStep()}`);
  if (code === "HANDSHAKE_NO_SSL_SUPPORT")
    return causeOf("protocol", `${address} does not speak TLS, by its own word`, true);
  const cause = networkCause(error, address, context.currentStep());
  if (cause !== undefined) return cause;
  if (code !== undefined && notUnderstood.test(code))
    return causeOf(
      "protocol",
      `${address} broke off the conversation: ${excerpt(context.redact(error.message))}`,
    );
  throw error;
}

function serverCause(message: string, errno: number, address: string, context: CauseContext): Cause {
  const { code, permanent, advice = "" } = meanings[errno] ?? { code: "server", permanent: false };
  if (code === "timeout")
    return causeOf(
      code,
      `no answer from ${address} within ${context.timeout} while ${context.currentStep()}`,
    );
  return causeOf(code, `${address} answered: ${excerpt(context.redact(message))}${advice}`, permanent);
}
