import type { Circumstances } from "./cascade-plan.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isVerified } from "./service-record.ts";

/**
 * Whether a restart that is to come waits until the stack is left alone no more. What a person, or an `up`, has ordered does not wait,
 * and neither does a service that an `up` is proving.
 */
export function waitsForRelease(
  record: ServiceRecord,
  { held, deploying }: Pick<Circumstances, "held" | "deploying">,
): boolean {
  const { state, act } = record;
  if (!held || state.name !== "restarting" || act !== undefined) return false;
  const isOrdered = state.cause.kind === "operator" || state.cause.kind === "deployment";
  return !isOrdered && !(deploying && !isVerified(record));
}
