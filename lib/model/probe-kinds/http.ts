import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import type { Json } from "../../core/json.ts";
import { jsonSchema } from "../../core/json.ts";
import { textThat, wholeNumber } from "../../core/schema-parts.ts";
import { eachOf, made } from "../made.ts";
import type { HeaderText } from "../probe-parts/expected-text.ts";
import { bodyTextOf, bodyTextSchema, headerTextOf, headerTextSchema } from "../probe-parts/expected-text.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { LatencyBound } from "../probe-parts/latency-bound.ts";
import { latencyBoundSchema } from "../probe-parts/latency-bound.ts";
import { pathSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { PlaceOptions } from "../probe-parts/place.ts";
import { placed, placeOf, placeSchemas } from "../probe-parts/place.ts";
import type { Redirects } from "../probe-parts/redirects.ts";
import { redirectsOf, redirectsSchema } from "../probe-parts/redirects.ts";
import type { Text } from "../text.ts";
import { textSchema } from "../text.ts";
import { tlsTexts } from "../tls.ts";

const headerNameSchema = textThat(
  (name) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name),
  'the name of a header such as "content-type"',
);

export const httpRequest = probeKind(
  "http",
  {
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    path: pathSchema,
    ...placeSchemas,
    headers: z.record(z.string(), textSchema),
    /** Sent as JSON. At most one of the three is sent. */
    body: jsonSchema.optional(),
    /** Sent as a form, URL-encoded. */
    form: z.record(z.string(), textSchema).optional(),
    /** Sent as it is. */
    bodyText: textSchema.optional(),
    /** Redirects that are followed. Absent: they are answers. */
    redirects: redirectsSchema.optional(),
    /** The statuses that pass. */
    status: z.array(wholeNumber(100, 599)).min(1),
    /** What the JSON body must contain; it may contain more. */
    json: jsonSchema.optional(),
    /** What the body must contain or match. */
    text: bodyTextSchema.optional(),
    /** What headers of the answer must be, by their names in lower case. */
    responseHeaders: z.record(headerNameSchema, headerTextSchema).optional(),
    p95: latencyBoundSchema.optional(),
  },
  {
    speaks: "http",
    at: placeOf,
    texts: ({ headers, form = {}, bodyText, https }) => [
      ...[...Object.values(headers), ...Object.values(form), ...tlsTexts(https)],
      ...(bodyText === undefined ? [] : [bodyText]),
    ],
    check: ({ body, form, bodyText, redirects, p95 }, report) => {
      const bodies = Object.entries({ body, form, bodyText }).filter(([, given]) => given !== undefined);
      for (const [name] of bodies.slice(1))
        report(name, `there is a body already, ${bodies[0]?.[0] ?? ""}: a request has one`);
      if (redirects !== undefined && p95 !== undefined)
        report("redirects", "means nothing beside p95: measure the address that it leads to");
    },
    describe: ({ method, path }) => `${method} ${excerpt(path, 60)}`,
  },
);
export interface DeclaredHttpRequest extends DeclaredAs<typeof httpRequest> {}

/** What an HTTP response must be. */
export interface HttpOptions extends ProbeOptions, PlaceOptions {
  readonly headers?: Readonly<Record<string, Text>>;
  /** Sent as JSON. */
  readonly body?: Json;
  /**
   * Sent as a form, URL-encoded; values may hold secrets.
   * @example post("/login", { form: { user: "probe", password: [secret("probePassword")] } })
   */
  readonly form?: Readonly<Record<string, Text>>;
  /** Sent as it is, as `text/plain` unless the headers say otherwise; may hold secrets. */
  readonly bodyText?: Text;
  /**
   * How many redirects are followed, to the same host only; or `{ atMost, hosts }`, which names others. What is judged is the last
   * answer. Never followed is one from TLS to plain text. To another host no header is sent that names a secret. Default: redirects
   * are answers.
   */
  readonly redirects?: number | Redirects;
  /** The status, or the statuses, that pass. Default 200. */
  readonly status?: number | readonly number[];
  /** What the JSON body must contain; it may contain more. */
  readonly json?: Json;
  /** A text that the body must contain, or a regular expression that it must match. Of the body 1 MiB is read. */
  readonly text?: string | RegExp;
  /**
   * What headers of the answer must be: a text exactly, or a regular expression; names in any case.
   * @example get("/", { responseHeaders: { "content-type": /^text\/html/ } })
   */
  readonly responseHeaders?: Readonly<Record<string, string | RegExp>>;
  /**
   * Sends the request `samples` times more, one after the other on one connection, and bounds the 95th
   * percentile of the time to the end of the answer. Each answer must have an expected status.
   */
  readonly p95?: LatencyBound;
}

/**
 * An HTTP GET.
 * @example get("/health/jwt", { json: { ready: true } })
 */
export function get(
  path: `/${string}`,
  options?: Omit<HttpOptions, "body" | "form" | "bodyText">,
): DeclaredHttpRequest {
  return http("GET", path, options);
}

/**
 * An HTTP POST with a JSON body.
 * @example post("/api/test/complete-flow", { json: { complete: true }, mutates: true })
 */
export function post(path: `/${string}`, options?: HttpOptions): DeclaredHttpRequest {
  return http("POST", path, options);
}

function http(method: "GET" | "POST", path: string, options: HttpOptions | undefined): DeclaredHttpRequest {
  const {
    status = 200,
    headers = {},
    text,
    responseHeaders,
    redirects,
    ...probe
  } = placed(made({ kind: "http", method, path }, options));
  return {
    ...probe,
    headers,
    status: isOne(status) ? [status] : [...status],
    ...(text !== undefined && { text: bodyTextOf(text) }),
    ...(responseHeaders !== undefined && { responseHeaders: inLowerCase(responseHeaders) }),
    ...(redirects !== undefined && { redirects: redirectsOf(redirects) }),
  };
}

/** Headers by their names in lower case, as Node.js has them. */
function inLowerCase(headers: Readonly<Record<string, string | RegExp>>): Record<string, HeaderText> {
  const given = eachOf(headers, headerTextOf);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
}

function isOne<T>(value: T | readonly T[]): value is T {
  return !Array.isArray(value);
}
