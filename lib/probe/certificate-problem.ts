import type { PeerCertificate } from "node:tls";
import { excerpt } from "../core/excerpt.ts";
import type { CauseCode } from "./outcome.ts";

/** Why a server's certificate is not accepted. */
export interface CertificateProblem {
  readonly code: CauseCode;
  /** To be read after "api:8443 ". */
  readonly text: string;
  /** Whether waiting does not heal it. */
  readonly permanent: boolean;
}

/** A server's certificate is not accepted. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  readonly code = "PROBE_CERTIFICATE";
  readonly problem: CertificateProblem;

  constructor(problem: CertificateProblem) {
    super(problem.text);
    this.problem = problem;
  }
}

/**
 * What OpenSSL's verdict on a certificate means, in words.
 * @param code as Node.js documents it, "X509 certificate error codes"
 * @param name the name that the certificate should be for
 */
export function certificateProblem(
  code: string,
  certificate: PeerCertificate,
  name: string,
): CertificateProblem {
  const whose = subject(certificate);
  const authority = (text: string) => ({ code: "certificateAuthority" as const, text, permanent: true });
  switch (code) {
    case "CERT_HAS_EXPIRED": {
      const text = `shows a certificate${whose} that expired on ${day(certificate.valid_to)}`;
      return { code: "certificateExpired", text, permanent: true };
    }
    case "CERT_NOT_YET_VALID": {
      const text = `shows a certificate${whose} that is not valid before ${day(certificate.valid_from)}`;
      return { code: "certificateExpired", text, permanent: false };
    }
    case "ERR_TLS_CERT_ALTNAME_INVALID": {
      const text = `shows a certificate for ${names(certificate)}, and not for ${name}`;
      return { code: "certificateName", text, permanent: true };
    }
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return authority(
        `shows a certificate${whose} that it has signed itself, and that is not among the accepted`,
      );
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "INVALID_CA":
    case "CERT_UNTRUSTED":
      return authority(
        `shows a certificate${whose} of an authority that is not among the accepted${issuer(certificate)}`,
      );
    default:
      return {
        code: "tls",
        text: `shows a certificate${whose} that is not accepted: ${code}`,
        permanent: true,
      };
  }
}

function subject({ subject: of }: Partial<PeerCertificate>): string {
  const name = first(of?.CN);
  return name === undefined ? "" : ` for ${excerpt(name, 100)}`;
}

function issuer({ issuer: by }: Partial<PeerCertificate>): string {
  const name = first(by?.CN) ?? first(by?.O);
  return name === undefined ? "" : `: ${excerpt(name, 100)}`;
}

/** The names that a certificate is for. */
function names({ subjectaltname, subject: of }: Partial<PeerCertificate>): string {
  const alternatives = (subjectaltname ?? "").replaceAll(/\b(DNS|IP Address):/g, "");
  return excerpt(alternatives === "" ? (first(of?.CN) ?? "nobody") : alternatives, 150);
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value[0] : value;
}

/** The day of a moment as certificates give it: "2026-01-31". */
function day(moment: string): string {
  const ms = Date.parse(moment);
  return Number.isNaN(ms) ? moment : new Date(ms).toISOString().slice(0, 10);
}
