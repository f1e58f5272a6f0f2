/** A URL in its parts, as they are written. */
export interface UrlText {
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  /** What follows host and port: the path with its query; empty where there is none. */
  readonly rest: string;
}

const pattern =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^/]*))?@)?(?<host>[^:/?#@[\],\s]+)(?::(?<port>\d{1,5}))?(?<rest>[/?#]\S*)?$/i;

/** Reads a text that is one URL with one host; undefined where it is something else. */
export function parseUrl(text: string): UrlText | undefined {
  const parts = pattern.exec(text)?.groups;
  const { scheme, host, user, password, port, rest = "" } = parts ?? {};
  if (scheme === undefined || host === undefined) return undefined;
  if (port !== undefined && !isPort(Number(port))) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    host,
    rest,
    ...(user !== undefined && { user: decoded(user) }),
    ...(password !== undefined && { password: decoded(password) }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

/** Whether a number may be a port's. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** Whether a text holds the URL of an account with its password. */
export function holdsAccount(text: string): boolean {
  return /[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s:@]{0,200}:[^/\s@]{1,1000}@/i.test(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A password that was never encoded is what it is.
    if (error instanceof URIError) return text;
    throw error;
  }
}
