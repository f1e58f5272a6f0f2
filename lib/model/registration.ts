import { createHash } from "node:crypto";
import type { Expectation } from "./plan.ts";

/** What a registration is of. */
export interface Registration {
  readonly container: string;
  readonly run: string;
  /** Counts how often this run is to be proven; absent for the first time. */
  readonly verification?: number | undefined;
  readonly expectation: Expectation;
}

/** The name of a registration: a hash of the container, its run and what is expected of it. No secret is in any. */
export function registrationOf({ container, run, verification = 1, expectation }: Registration): string {
  return createHash("sha256")
    .update(canonical([container, run, verification, expectation]))
    .digest("hex")
    .slice(0, 16);
}

/** JSON with its keys in order: the same expectation has the same text however its keys were ordered on the way. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join(",")}}`;
}
