import { createHash } from "node:crypto";
import { mapValues } from "../core/record.ts";
import type { ReadinessSpec } from "./plan.ts";

/**
 * Identifies what is expected of a service: a hash of its readiness spec. No secret is in any. What a failing probe means later
 * is no part of it: another `whenFailing` alters no probe, and nothing is proven again for it.
 */
export function specHashOf(spec: ReadinessSpec): string {
  const probes = mapValues(spec.probes, ({ whenFailing: _, ...probe }) => probe);
  return hashOf({ ...spec, probes });
}

/** Identifies a plain value: the same for the same members in any order. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, 16);
}

/** JSON with its keys in order: the same spec has the same text however its keys were ordered on the way. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join(",")}}`;
}
