import { DatabaseError } from "pg";
import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, CauseCode } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/**
 * What PostgreSQL's error codes mean to a probe ("PostgreSQL Error Codes", appendix A of its documentation).
 * What is not listed is an error of the server that may pass.
 *
 * Wrong credentials and a missing database are permanent: while the image initialises its data, the server
 * listens on a Unix socket only, so whoever is answered over the network is answered by the finished server.
 * A missing table or column is not: a migration may bring it.
 */
const meanings: Readonly<Record<string, { readonly code: CauseCode; readonly permanent: boolean }>> = {
  "28P01": { code: "authentication", permanent: true }, // invalid_password
  "28000": { code: "account", permanent: true }, // invalid_authorization_specification: no such role, or it may not log in from here
  "3D000": { code: "server", permanent: true }, // invalid_catalog_name: the database does not exist
  "42601": { code: "server", permanent: true }, // syntax_error
  "25006": { code: "server", permanent: true }, // read_only_sql_transaction
  "53300": { code: "capacity", permanent: false }, // too_many_connections
  "57014": { code: "timeout", permanent: false }, // query_canceled, by statement_timeout
};

/**
 * The cause behind an error of the client library.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function postgresCause(error: unknown, address: string, context: CauseContext): Cause {
  if (error instanceof DatabaseError) return serverCause(error, address, context);
  const cause = networkCause(error, address, context.currentStep());
  if (cause !== undefined) return cause;
  // The library's own words for a connection that was closed without an error; it gives them no code.
  if (error instanceof Error && error.message.startsWith("Connection terminated")) {
    return causeOf("reset", `connection closed by ${address} while ${context.currentStep()}`);
  }
  if (error instanceof Error && error.message.startsWith("SASL")) {
    return causeOf("protocol", `${address} broke off the log-in: ${excerpt(context.redact(error.message))}`);
  }
  throw error;
}

function serverCause(error: DatabaseError, address: string, context: CauseContext): Cause {
  if (error.code === undefined) return causeOf("protocol", `${address} answered, but not as PostgreSQL does`);
  const { code, permanent } = meanings[error.code] ?? { code: "server", permanent: false };
  if (code === "timeout")
    return causeOf(
      code,
      `no answer from ${address} within ${context.timeout} while ${context.currentStep()}`,
    );
  const advice =
    error.code === "25006"
      ? " (a probe that is meant to write says mutates: true)"
      : /, (no encryption|SSL off)$/.test(error.message)
        ? " (where it wants TLS, the service says tls)"
        : "";
  return causeOf(code, `${address} answered: ${excerpt(context.redact(error.message))}${advice}`, permanent);
}
