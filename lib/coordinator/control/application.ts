import type { Params } from "../../model/control.ts";
import { specHashOf } from "../../model/spec-hash.ts";
import type { Application } from "../supervisor/supervisor.ts";

/** What an `up` applies, as the supervisor takes it. */
export function applicationOf({
  container,
  again,
  restartFor,
  waitsForNeeds,
  secrets,
  readiness,
  ...desired
}: Params<"apply">): Application {
  return {
    desired: { ...desired, workload: container, readiness, specHash: specHashOf(readiness) },
    secrets,
    restartFor,
    again,
    waitsForNeeds,
  };
}
