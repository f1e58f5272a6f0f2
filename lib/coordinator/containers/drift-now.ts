import { errorText } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Records } from "../../supervision/service-record.ts";
import type { Log } from "../log.ts";
import { limitDrift } from "./limit-drift.ts";
import type { Drift } from "./drift.ts";
import { drift } from "./drift.ts";

/** What drift is found with. */
export interface DriftDependencies {
  readonly engine: Pick<Engine, "summaries">;
  readonly labels: Readonly<Record<string, string>>;
  /** The stack's name, for commands; undefined where it is not known. */
  readonly stack: string | undefined;
  readonly log: Log;
}

/** How long the engine may take for its list. */
const answersWithinMs = 5000;

/** What on the engine is not as it was applied, now; nothing where the engine does not answer, which services show themselves. */
export async function driftNow(
  { engine, labels, stack, log }: DriftDependencies,
  records: Records,
): Promise<readonly Drift[]> {
  const applied = [...records.values()]
    .filter(({ desired: { readiness } }) => !readiness.external)
    .map(({ desired: { service, workload, limits = {} }, seen }) => ({
      service,
      workload,
      ...(typeof seen === "object" && {
        name: seen.name,
        altered: seen.altered,
        ...(seen.limits && { limits: limitDrift(limits, seen.limits) }),
      }),
    }));
  try {
    const containers = await engine.summaries(labels, AbortSignal.timeout(answersWithinMs));
    return drift({ stack, labels }, applied, containers);
  } catch (error) {
    log("drift-unknown", { error: errorText(error) });
    return [];
  }
}
