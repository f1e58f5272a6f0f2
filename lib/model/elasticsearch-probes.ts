/** Probes of Elasticsearch and OpenSearch, which speak HTTP: each is a `get` that knows what to ask and what the answer means. */
import { made } from "./made.ts";
import type { DeclaredHttpRequest, HttpOptions } from "./probe-kinds/http.ts";
import { get } from "./probe-kinds/http.ts";

/** What these probes take: an account goes into a header, `{ authorization: ["Bearer ", secret("searchToken")] }`. */
export type SearchOptions = Omit<HttpOptions, "body" | "status" | "json">;

/**
 * An Elasticsearch or OpenSearch cluster has this health, or better: with "yellow" every primary shard is there, with
 * "green" every replica, too.
 * @example clusterHealth("yellow", { level: "basic" })
 */
export function clusterHealth(atLeast: "yellow" | "green", options?: SearchOptions): DeclaredHttpRequest {
  // Versions differ in the status with which they say that it has not come to that in time, and agree in this field.
  const asked: unknown = atLeast;
  const path =
    asked === "yellow" || asked === "green" ? `/_cluster/health?wait_for_status=${asked}&timeout=0s` : asked;
  return get(path as `/${string}`, made({ json: { timed_out: false } }, options));
}

/**
 * An index, or an alias, is there.
 * @example index("products")
 */
export function index(name: string, options?: SearchOptions): DeclaredHttpRequest {
  const asked: unknown = name;
  const isName = typeof asked === "string" && asked.isWellFormed();
  // What is no name is no path either, and reported as such with its place.
  return get(
    (isName ? `/${encodeURIComponent(asked)}?filter_path=*.aliases` : asked) as `/${string}`,
    options,
  );
}
