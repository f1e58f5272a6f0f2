import type { Params } from "../../lib/model/control.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import { specHashOf } from "../../lib/model/spec-hash.ts";
import { supervisionDefaults } from "../../lib/model/supervision.ts";

/** What an `up` applies of a service whose container is new, in the phase "test". */
export function application(
  service: string,
  container: string,
  readiness: ReadinessSpec,
  patch: Partial<Params<"apply">> = {},
): Params<"apply"> {
  return {
    ...{ service, container, readiness, phase: "test", after: [], needs: {}, startIndex: 0 },
    ...{ generation: "first", verification: 1, again: false, restartFor: [] },
    supervision: { ...supervisionDefaults, interval: "15s" },
    ...{ keptPasswords: [], secrets: {} },
    ...patch,
  };
}

/** What a gate waits for after that. */
export function wanted({ service, generation, verification, readiness }: Params<"apply">) {
  return { [service]: { generation, verification, specHash: specHashOf(readiness) } };
}
