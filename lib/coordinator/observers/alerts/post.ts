import { errorText } from "../../../core/errors.ts";
import type { SinkRequest } from "./sink-request.ts";

/** What a sink has answered. */
export interface SinkAnswer {
  readonly taken: boolean;
  /** Whether it will never take this: sending it again is of no use. */
  readonly refused: boolean;
  /** In words, without any secret: "204 No Content", "connection refused". */
  readonly text: string;
  /** For how long it wants to be left alone: its Retry-After (RFC 9110). */
  readonly retryAfterMs?: number | undefined;
}

export interface PostDependencies {
  readonly fetch: typeof globalThis.fetch;
  /** Takes out secrets. */
  readonly redact: (text: string) => string;
  /** How long a sink has for its answer. Default: 10 s. */
  readonly timeoutMs?: number | undefined;
}

/** How much of an answer is read, and how much of it is shown. */
const readBytes = 4096;
const shownLength = 200;

/** The answers by which a server says that it understands, and does not want it. Others may be mended: a path, a token. */
const refusals = new Set([400, 413, 422]);

/** Sends a request. Never rejects; neither the URL nor a header is in the answer. */
export async function post(
  { url, headers, body }: SinkRequest,
  { fetch, redact, timeoutMs = 10_000 }: PostDependencies,
  signal: AbortSignal,
): Promise<SinkAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const failed = (text: string): SinkAnswer => ({ taken: false, refused: false, text });
  if (!URL.canParse(url) || !/^https?:/.test(url)) return failed("its URL is none of http or https");
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") return failed("its URL holds an account, which is not sent");
  try {
    const response = await fetch(url, {
      ...{ method: "POST", body, redirect: "manual" },
      headers: { "content-type": "application/json", "user-agent": "phasegate", ...headers },
      signal: AbortSignal.any([signal, timeout]),
    });
    const { status, statusText, ok } = response;
    const said = `${status} ${statusText}`.trim();
    const beginning = await beginningOf(response);
    if (ok) return { taken: true, refused: false, text: said };
    if (status >= 300 && status < 400) return failed(`${said}: it redirects, which is not followed`);
    const shown = redact(beginning.replaceAll(url, "its URL")).replaceAll(/\s+/g, " ").trim();
    const text = shown === "" ? said : `${said}: ${shown.slice(0, shownLength)}`;
    const retryAfterMs = retryAfter(response.headers.get("retry-after"));
    return { taken: false, refused: refusals.has(status), text, retryAfterMs };
  } catch (error) {
    if (timeout.aborted) return failed(`no answer within ${timeoutMs / 1000} s`);
    return failed(networkText(error));
  }
}

/** A number of seconds. A date is not read: the sink's clock may be another. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** The first bytes of an answer as text; the rest is not read. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < readBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return Buffer.concat(chunks).subarray(0, readBytes).toString("utf8");
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  UND_ERR_SOCKET: "it closed the connection",
  ENOTFOUND: "its host name has no address",
  EAI_AGAIN: "its host name cannot be looked up now",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
};

/** An error of Node's network layer in words. Its message may name the URL; its code does not. */
function networkText(error: unknown): string {
  for (let one = error, depth = 0; one instanceof Error && depth < 4; one = causeOf(one), depth += 1)
    if ("code" in one && typeof one.code === "string")
      return words[one.code] ?? `it cannot be reached (${one.code})`;
  return errorText(error) === "fetch failed" ? "it cannot be reached" : "the request could not be made";
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
