import type { Standing } from "../../../alerting/after-boot.ts";
import type { Records } from "../../../supervision/service-record.ts";

/** The services as they are, for the alerts that a crash may have lost. */
export function standingOf(records: Records): readonly Standing[] {
  return [...records].map(([service, { state, verified }]) => ({
    ...{ service, state: state.name, cause: state.cause },
    supervised: verified !== undefined,
  }));
}

/** The services that one needs; none of one that is not known. */
export function needsIn(records: Records): (service: string) => readonly string[] {
  return (service) => Object.keys(records.get(service)?.desired.needs ?? {});
}
