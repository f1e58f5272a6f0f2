/** What probes that run a statement on a database have in common. */
import { z } from "zod";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";
import { filled } from "../made.ts";
import type { LatencyBound } from "./latency-bound.ts";
import { latencyBoundSchema } from "./latency-bound.ts";
import type { ProbeOptions } from "./options.ts";

const rowCount = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const querySchemas = {
  statement: z.string().min(1),
  /** How many rows the answer must have. */
  rows: exactObject({ atLeast: rowCount, atMost: rowCount.optional() }).refine(
    ({ atLeast, atMost = Infinity }) => atLeast <= atMost,
    { error: "asks for more rows than it allows: atLeast is above atMost" },
  ),
  p95: latencyBoundSchema.optional(),
};

/** Bounds on the answer to a query. */
export interface QueryOptions extends ProbeOptions {
  /** How many rows must come back. Default `{ atLeast: 0 }`: the query runs. */
  readonly rows?: { readonly atLeast?: number; readonly atMost?: number };
  /** Runs the query `samples` times on one connection and bounds the 95th percentile. */
  readonly p95?: LatencyBound;
}

/** A query probe with its bounds filled in. */
export function queried<P extends QueryOptions>(probe: P) {
  return { ...probe, rows: filled({ atLeast: 0 }, probe.rows) };
}
