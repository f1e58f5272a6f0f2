/** Something this application depends on does not work now. Answered as 503, with the reason. */
export class UnavailableError extends Error {
  readonly code = "UNAVAILABLE";

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "UnavailableError";
  }
}

const wordsOfCode: Readonly<Record<string, string>> = {
  EAI_AGAIN: "host name cannot be resolved",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "host unreachable",
  ENOTFOUND: "no such host name",
  EPIPE: "connection closed",
  ETIMEDOUT: "connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "connection timed out",
  UND_ERR_SOCKET: "connection closed",
  "28000": "login not allowed",
  "28P01": "wrong user or password",
  "3D000": "no such database",
  "53300": "too many connections",
  "57P01": "the server is shutting down",
  "57P03": "the server is starting up or shutting down",
};

/** How Redis, and ClickHouse of any age, say it; PostgreSQL has codes for it. */
const credentialsRefused =
  /^(WRONGPASS|NOAUTH) |Wrong password for user|Unknown user |: Authentication failed/;

/** Some servers put the whole statement into their message. */
const longestReason = 300;

/** PostgreSQL's code for a table that is not there. */
const undefinedTable = "42P01";

/**
 * Why something failed, in words fit for a health body, without a stack, a URL with a
 * password, or an object dumped whole.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof UnavailableError) return error.message;
  if (error.name === "TimeoutError" || error.name === "AbortError") return "no answer in time";
  const code = "code" in error ? String(error.code) : "";
  const words = wordsOfCode[code];
  if (words !== undefined) return words;
  if (credentialsRefused.test(error.message)) return "wrong user or password";
  // The clients of PostgreSQL, Redis and ClickHouse each have a phrase of their own for this, and no code.
  if (code === "" && /time(d )?out/i.test(error.message)) return "no answer in time";
  if (code === undefinedTable) return `${error.message} (have the migrations run?)`;
  // fetch rejects with a TypeError that says only "fetch failed"; why is in its cause.
  if (error instanceof TypeError && error.cause instanceof Error) return reasonOf(error.cause);
  const [firstLine = ""] = error.message.trim().split("\n", 1);
  return firstLine === "" ? code || error.name : firstLine.slice(0, longestReason);
}

/** Runs an operation; if it fails, the failure says which subject it is about. */
export async function about<Result>(subject: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw new UnavailableError(`${subject}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Where a URL points, without credentials: "postgres:5432". */
export function addressOf(url: string): string {
  return new URL(url).host;
}
