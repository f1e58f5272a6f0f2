import { createHash } from "node:crypto";
import type { ReadinessSpec } from "./plan.ts";

/** What a spec hash is made of. */
export interface AppliedSpec {
  readonly container: string;
  readonly generation: string;
  /** Counts how often this generation is to be verified; absent for the first time. */
  readonly verification?: number | undefined;
  readonly spec: ReadinessSpec;
}

/** Identifies what is expected of a service: a hash of the container, its generation and its readiness spec. No secret is in any. */
export function specHashOf({ container, generation, verification = 1, spec }: AppliedSpec): string {
  return createHash("sha256")
    .update(canonical([container, generation, verification, spec]))
    .digest("hex")
    .slice(0, 16);
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
