import { mapValues } from "../../core/record.ts";
import { isTainted } from "../read/taint.ts";

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

/**
 * Reads a text that is one URL with one host; undefined where it is something else. What came from a secret is one
 * piece, whatever letters it has, and keeps its origin.
 */
export function parseUrl(text: string): UrlText | undefined {
  const spans = text.match(/\uE000[^\uE002]*\uE002/g) ?? [];
  let next = 0;
  const folded = text.replace(/\uE000[^\uE002]*\uE002/g, () => `\uE000${next++}\uE002`);
  const parts = mapValues({ ...pattern.exec(folded)?.groups }, (part: string | undefined) =>
    part?.replace(/\uE000(\d+)\uE002/g, (_, i) => spans[Number(i)] ?? ""),
  );
  const { scheme, host, user, password, port, rest = "" } = parts as Partial<Record<string, string>>;
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

/** A text without the escapes of a URL, unless it came from a secret. */
export function decoded(text: string): string {
  if (isTainted(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A password that was never encoded is what it is.
    if (error instanceof URIError) return text;
    throw error;
  }
}
