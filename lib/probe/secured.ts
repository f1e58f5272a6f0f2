import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { checkServerIdentity, connect, createSecureContext } from "node:tls";
import { errorText } from "../core/errors.ts";
import type { TlsPlan } from "../model/tls.ts";
import { guard } from "./attempt-socket.ts";
import { CertificateError, certificateProblem } from "./certificate-problem.ts";
import type { AttemptContext } from "./probe-kind.ts";

/** How a connection is secured. */
export interface Security {
  readonly tls: TlsPlan;
  /** The host that is asked, whose name the certificate must be for unless `tls` says another. */
  readonly host: string;
  /** The protocol to be spoken, as TLS negotiates it ("h2"). Default: none is negotiated. */
  readonly alpn?: string;
}

/**
 * Secures a connection that stands, and verifies the server's certificate. Nothing is sent before that.
 * @returns the socket to speak over; it rejects with a {@link CertificateError}, or an error of the network
 * @throws Error when the client's own certificate, its key or its authorities are unusable: the prober cannot ask
 */
export async function secured(
  plain: Socket,
  { tls, host, alpn }: Security,
  context: Pick<AttemptContext, "fill" | "step">,
): Promise<TLSSocket> {
  context.step("opening the TLS connection");
  const name = tls.serverName ?? host;
  const socket: TLSSocket = guard(
    connect({
      ...credentials(tls, context),
      socket: plain,
      // An address is no name that a server can be asked under.
      ...(isIP(name) === 0 && { servername: name }),
      ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
      // Judged below, where the certificate can be quoted.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    }),
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("secureConnect", resolve);
  socket.once("error", reject);
  // A server that closes the connection in the middle of a handshake ends it without an error.
  const closed = () => reject(Object.assign(new Error("closed in the handshake"), { code: "ECONNRESET" }));
  socket.once("close", closed);
  // The attempt's end destroys the connection below.
  plain.once("close", () => socket.destroy());
  try {
    await promise;
    if (!tls.insecure) verify(socket, name);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off("error", reject);
    socket.off("close", closed);
    // What happens from here on reaches who reads the socket.
    socket.on("error", () => {});
  }
}

/** @throws CertificateError where the certificate is not to be trusted, or for another name */
function verify(socket: TLSSocket, name: string): void {
  const certificate = socket.getPeerCertificate();
  // A code of OpenSSL's, though its type says an error.
  const refusal = socket.authorizationError as unknown;
  if (!socket.authorized && typeof refusal === "string")
    throw new CertificateError(certificateProblem(refusal, certificate, name));
  const wrongName = checkServerIdentity(name, certificate);
  if (wrongName !== undefined)
    throw new CertificateError(certificateProblem("ERR_TLS_CERT_ALTNAME_INVALID", certificate, name));
}

/** @throws Error that names which of them cannot be used, without a word of what is in them */
function credentials(
  { ca, certificate, key }: TlsPlan,
  { fill }: Pick<AttemptContext, "fill">,
): Pick<ConnectionOptions, "secureContext"> {
  try {
    const secureContext = createSecureContext({
      ...(ca !== undefined && { ca: fill(ca) }),
      ...(certificate !== undefined && { cert: fill(certificate) }),
      ...(key !== undefined && { key: fill(key) }),
    });
    return { secureContext };
  } catch (error) {
    const what = certificate === undefined ? "ca" : "certificate, its key or its ca";
    throw new Error(`the probe's own ${what} cannot be used: ${errorText(error)}`, { cause: error });
  }
}
