import { errorText } from "../core/errors.ts";
import { CertificateError } from "./certificate-problem.ts";
import type { Cause } from "./outcome.ts";
import { causeOf } from "./outcome.ts";

/** What a service did to break a conversation, where no library of its protocol says it better. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly code = "PROBE_ANSWER";
  /** Whether waiting does not heal it. */
  readonly permanent: boolean;

  constructor(message: string, permanent = false, options?: ErrorOptions) {
    super(message, options);
    this.permanent = permanent;
  }
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
/** How servers say that they want a certificate, or do not accept the one that they were shown ("TLS Alert Messages", RFC 8446). */
const clientCertificate =
  /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|NO_CERTIFICATE|ACCESS_DENIED)/;
const noSuchProtocol = /^ERR_SSL_.*NO_APPLICATION_PROTOCOL/;
const unknownServerName = /^ERR_SSL_.*UNRECOGNIZED_NAME/;
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
  if (error instanceof CertificateError) {
    const { code: why, text, permanent } = error.problem;
    return causeOf(why, `${address} ${text}`, permanent);
  }
  if (notTls.test(code))
    return causeOf("protocol", `${address} answered in plain text, and not in TLS`, true);
  if (clientCertificate.test(code))
    return causeOf("clientCertificate", `${address} ${clientCertificateText(code)}`, true);
  if (noSuchProtocol.test(code))
    return causeOf(
      "protocol",
      `${address} speaks TLS, and not the protocol that it is asked for over it`,
      true,
    );
  if (unknownServerName.test(code))
    return causeOf(
      "certificateName",
      `${address} has no certificate for the name that it was asked under`,
      true,
    );
  if (tls.test(code)) return causeOf("tls", `the TLS handshake with ${address} failed: ${reasonOf(error)}`);
  if (notHttp.test(code)) return causeOf("protocol", `${address} answered, but not in HTTP`);
  if (code === "PROBE_ANSWER") {
    const permanent = error instanceof AnswerError && error.permanent;
    return causeOf("protocol", `${address} ${errorText(error)}`, permanent);
  }
  return undefined;
}

/** OpenSSL's reason, without its places in the source. */
function reasonOf(error: unknown): string {
  return error instanceof Error && "reason" in error ? String(error.reason) : errorText(error);
}

function clientCertificateText(code: string): string {
  if (/REQUIRED|NO_CERTIFICATE/.test(code)) return "wants a certificate of its clients, and was shown none";
  const why = /ALERT_(.*)$/.exec(code)?.[1]?.toLowerCase().replaceAll("_", " ");
  return `does not accept the certificate that it was shown: ${why}`;
}

/** The code of an error, of the first of several failed addresses, or of the error behind it. */
function errorCode(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 3) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1);
}
