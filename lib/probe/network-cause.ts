import { errorText } from "../core/errors.ts";
import type { Cause } from "./outcome.ts";
import { causeOf } from "./outcome.ts";

/** What a service did to break a conversation, where no library of its protocol says it better. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly code = "PROBE_ANSWER";
}

const refused = new Set(["ECONNREFUSED"]);
const reset = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "HPE_INVALID_EOF_STATE",
]);
const unknownName = new Set(["ENOTFOUND", "EAI_NONAME", "EAI_NODATA", "ENODATA"]);
const nameServer = new Set(["EAI_AGAIN", "EAI_FAIL", "ESERVFAIL", "ETIMEOUT"]);
const unreachable = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"]);
const tls = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/;
/** What a TLS client makes of an answer in plain text. */
const notTls = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)/;
const notHttp = /^(HPE_|UND_ERR_HEADERS_OVERFLOW)/;

/**
 * The cause behind an error of Node's network layer, or of a client library that wraps one; undefined when
 * it is none. Errors of the machine that probes (no file descriptors or ports left) are none either: they
 * are not the service's fault, and the caller throws them on.
 *
 * @param address `host:port` of the service
 * @param during the step under way, as in "while logging in"
 */
export function networkCause(error: unknown, address: string, during: string): Cause | undefined {
  // undici's parser does not give all of its errors a code.
  const code =
    errorCode(error) ?? (error instanceof Error && error.name === "HTTPParserError" ? "HPE_" : undefined);
  if (code === undefined) return undefined;
  const host = address.replace(/:\d+$/, "");
  if (refused.has(code)) return causeOf("refused", `connection refused by ${address}`);
  if (reset.has(code)) return causeOf("reset", `connection closed by ${address} while ${during}`);
  if (unknownName.has(code)) return causeOf("dns", `the host name ${host} has no address`);
  if (nameServer.has(code))
    return causeOf("dns", `the host name ${host} cannot be looked up now: the name server gave no answer`);
  if (unreachable.has(code)) return causeOf("unreachable", `no route to ${address}`);
  if (code === "ETIMEDOUT" || code === "UND_ERR_CONNECT_TIMEOUT")
    return causeOf("timeout", `no answer from ${address} while ${during}`);
  if (notTls.test(code)) return causeOf("protocol", `${address} answered in plain text, and not in TLS`);
  if (tls.test(code)) return causeOf("tls", `the TLS handshake with ${address} failed: ${errorText(error)}`);
  if (notHttp.test(code)) return causeOf("protocol", `${address} answered, but not in HTTP`);
  if (code === "PROBE_ANSWER") return causeOf("protocol", `${address} ${errorText(error)}`);
  return undefined;
}

/** The code of an error, of the first of several failed addresses, or of the error behind it. */
function errorCode(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 3) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1);
}
