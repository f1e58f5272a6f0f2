import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import type { Json } from "../../core/json.ts";
import { jsonSchema } from "../../core/json.ts";
import { wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { LatencyBound } from "../probe-parts/latency-bound.ts";
import { latencyBoundSchema } from "../probe-parts/latency-bound.ts";
import { pathSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { PlaceOptions } from "../probe-parts/place.ts";
import { placed, placeOf, placeSchemas } from "../probe-parts/place.ts";
import type { Text } from "../text.ts";
import { textSchema } from "../text.ts";
import { tlsTexts } from "../tls.ts";

export const httpRequest = probeKind(
  "http",
  {
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    path: pathSchema,
    ...placeSchemas,
    headers: z.record(z.string(), textSchema),
    /** Sent as JSON. */
    body: jsonSchema.optional(),
    /** The statuses that pass. */
    status: z.array(wholeNumber(100, 599)).min(1),
    /** What the JSON body must contain; it may contain more. */
    json: jsonSchema.optional(),
    p95: latencyBoundSchema.optional(),
  },
  {
    speaks: "http",
    at: placeOf,
    texts: ({ headers, https }) => [...Object.values(headers), ...tlsTexts(https)],
    describe: ({ method, path }) => `${method} ${excerpt(path, 60)}`,
  },
);
export interface DeclaredHttpRequest extends DeclaredAs<typeof httpRequest> {}

/** What an HTTP response must be. */
export interface HttpOptions extends ProbeOptions, PlaceOptions {
  readonly headers?: Readonly<Record<string, Text>>;
  /** Sent as JSON. */
  readonly body?: Json;
  /** The status, or the statuses, that pass. Default 200. */
  readonly status?: number | readonly number[];
  /** What the JSON body must contain; it may contain more. */
  readonly json?: Json;
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
export function get(path: `/${string}`, options?: Omit<HttpOptions, "body">): DeclaredHttpRequest {
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
  const { status = 200, headers = {}, ...probe } = placed(made({ kind: "http", method, path }, options));
  return { ...probe, headers, status: isOne(status) ? [status] : [...status] };
}

function isOne<T>(value: T | readonly T[]): value is T {
  return !Array.isArray(value);
}
