import { describe, expect, test } from "vitest";
import { networkCause } from "../../../lib/probe/network-cause.ts";

function nodeError(code: string, message = code) {
  return Object.assign(new Error(message), { code });
}

const reported = (error: unknown) => networkCause(error, "postgres:5432", "logging in");

describe("networkCause", () => {
  test.each([
    ["ECONNREFUSED", "refused", "connection refused by postgres:5432"],
    ["ECONNRESET", "reset", "connection closed by postgres:5432 while logging in"],
    ["EPIPE", "reset", "connection closed by postgres:5432 while logging in"],
    ["UND_ERR_SOCKET", "reset", "connection closed by postgres:5432 while logging in"],
    ["ENOTFOUND", "dns", "the host name postgres has no address"],
    ["EAI_AGAIN", "dns", "the host name postgres cannot be looked up now: the name server gave no answer"],
    ["EHOSTUNREACH", "unreachable", "no route to postgres:5432"],
    ["ENETUNREACH", "unreachable", "no route to postgres:5432"],
    ["ETIMEDOUT", "timeout", "no answer from postgres:5432 while logging in"],
    ["HPE_INVALID_CONSTANT", "protocol", "postgres:5432 answered, but not in HTTP"],
  ])("%s", (code, causeCode, text) => {
    expect(reported(nodeError(code))).toEqual({ code: causeCode, text, permanent: false });
  });

  test.each([
    ["ERR_SSL_WRONG_VERSION_NUMBER", "protocol", "postgres:5432 answered in plain text, and not in TLS"],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "protocol", "postgres:5432 answered in plain text, and not in TLS"],
    [
      "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
      "clientCertificate",
      "postgres:5432 wants a certificate of its clients, and was shown none",
    ],
    [
      "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
      "clientCertificate",
      "postgres:5432 does not accept the certificate that it was shown: unknown ca",
    ],
    [
      "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
      "certificateName",
      "postgres:5432 has no certificate for the name that it was asked under",
    ],
  ])("%s, which waiting does not heal", (code, causeCode, text) => {
    expect(reported(nodeError(code))).toEqual({ code: causeCode, text, permanent: true });
  });

  test.each([
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "EPROTO",
  ])("%s is the TLS handshake's, in its own words", (code) => {
    expect(reported(nodeError(code, "self-signed certificate"))).toEqual({
      code: "tls",
      text: "the TLS handshake with postgres:5432 failed: self-signed certificate",
      permanent: false,
    });
  });

  test("is found in the first of several addresses, and behind a wrapping error", () => {
    const both = new AggregateError([nodeError("ECONNREFUSED"), nodeError("ENETUNREACH")]);
    expect(reported(both)?.code).toBe("refused");
    expect(reported(new Error("fetch failed", { cause: nodeError("ENOTFOUND") }))?.code).toBe("dns");
  });

  test.each(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ERR_INVALID_ARG_TYPE"])(
    "%s is not the service's fault",
    (code) => {
      expect(reported(nodeError(code))).toBeUndefined();
    },
  );

  test("what is no error of the network has no cause here", () => {
    expect(reported(new TypeError("undefined is not a function"))).toBeUndefined();
    expect(reported("text")).toBeUndefined();
    const circular = new Error("a");
    circular.cause = circular;
    expect(reported(circular)).toBeUndefined();
  });

  test("the brackets of an IPv6 address are kept in the host", () => {
    expect(networkCause(nodeError("ENOTFOUND"), "[::1]:5432", "connecting")?.text).toBe(
      "the host name [::1] has no address",
    );
  });
});
