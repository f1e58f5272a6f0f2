/** What an attempt found to be in the way, as a literal to match on. */
export type CauseCode =
  | "refused" // nothing listens on the port
  | "reset" // the connection was closed in the middle
  | "dns" // the host name has no address
  | "unreachable" // no route to the host
  | "tls" // the TLS handshake failed
  | "certificateExpired" // the server's certificate has expired, or is not valid yet
  | "certificateName" // the server's certificate is for another name
  | "certificateAuthority" // the server's certificate is of an authority that is not accepted
  | "clientCertificate" // the server wants a certificate of its clients, or does not accept the one that it was shown
  | "timeout" // a step took longer than the attempt may
  | "authentication" // the service answered, and does not accept the account
  | "account" // the service answered, and has no such account, or does not let it in from here
  | "protocol" // the answer is not of the protocol that was expected, TLS instead of plain text among them
  | "server" // the service answered with an error of its own
  | "status" // HTTP: another status than the expected ones
  | "request" // HTTP: the request is refused as it was sent (400, 421), often for the host name that it names
  | "https" // HTTP: it redirects to https
  | "header" // HTTP: a header of the answer is not the expected one
  | "body" // the body or message is not the expected one
  | "rows" // a query returned another number of rows
  | "capacity" // fewer connections, or less memory, than asked for
  | "slow" // the measured 95th percentile is over the bound
  | "young" // the container has not run for long enough yet
  | "running" // a job has not ended yet
  | "exited" // the container has ended
  | "paused" // the container is paused
  | "output" // what the container or a command has written does not match
  | "command" // a command in the container ended with another exit code, or could not be started
  | "unhealthy" // the engine's own health check has not passed
  | "custom" // what a custom probe says
  | "unwanted" // what must not pass has passed
  | "parts" // several parts of a composite did not pass
  | "prober"; // the prober itself could not run

/** Why an attempt did not pass. */
export interface Cause {
  readonly code: CauseCode;
  /** In words that a person understands at 3 a.m., without any secret: "connection refused by postgres:5432". */
  readonly text: string;
  /** Waiting will not heal this (bad credentials, a database that does not exist): it is reported as such early. */
  readonly permanent: boolean;
  /**
   * The service answers, and does not know what is asked for (404) or who asks (401). While it starts that may
   * pass; once it has passed another probe of the same protocol, waiting will not heal it.
   */
  readonly permanentOncePassing?: true;
}

/** A measured speed, reported whether it passes or not. Milliseconds. */
export interface Measured {
  readonly p95Ms: number;
  readonly samples: number;
}

/** The result of one attempt. "unknown": the prober itself could not run, which never counts against the service. */
export type Outcome =
  | { readonly status: "passed"; readonly tookMs: number; readonly measured?: Measured }
  | {
      readonly status: "failed";
      readonly tookMs: number;
      readonly cause: Cause;
      readonly measured?: Measured;
    }
  | { readonly status: "unknown"; readonly tookMs: number; readonly cause: Cause };

/** What a probe kind reports: it passed (perhaps with a measurement), or why not. */
export type Finding =
  | { readonly passed: true; readonly measured?: Measured }
  | { readonly passed: false; readonly cause: Cause; readonly measured?: Measured };

/** A cause; one that waiting may heal by default. */
export function causeOf(code: CauseCode, text: string, permanent = false): Cause {
  return { code, text, permanent };
}

/** The finding of an attempt that did not pass. */
export function failed(cause: Cause): Finding {
  return { passed: false, cause };
}

/** The finding of an attempt that passed. */
export const passed: Finding = { passed: true };
