import type { KeptService } from "../desired/desired-store.ts";
import type { ServiceRecord } from "../supervision/service-record.ts";
import { resumedRecord } from "../supervision/service-record.ts";

/** Raised when a record of an earlier version would be misread. */
const format = 1;

/** A service's record as it is kept. */
export function keptRecord(record: ServiceRecord): unknown {
  return { format, record };
}

/** A record that was kept, as it goes on after a start of the coordinator; undefined where another version has written it. */
export function recordFrom({ record: kept }: KeptService): ServiceRecord | undefined {
  const known = typeof kept === "object" && kept !== null && "format" in kept && kept.format === format;
  return known && "record" in kept ? resumedRecord(kept.record as ServiceRecord) : undefined;
}
