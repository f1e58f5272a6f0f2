import type { Consequence } from "../model/probe-parts/options.ts";
import { partsOf, protocolOf, type Probe } from "../model/probe.ts";
import type { Cause } from "../probe/outcome.ts";

/** What measures how well a service works, and not whether it does. */
const measures = new Set<Cause["code"]>(["slow", "capacity"]);

/** No restart makes a certificate valid. */
const certificates = new Set<Cause["code"]>([
  "certificateExpired",
  "certificateName",
  "certificateAuthority",
  "clientCertificate",
]);

/** A database answered, and says so: no restart brings back a table, an account or a row. */
const databaseAnswers = new Set<Cause["code"]>(["rows", "server", "authentication", "account"]);

/**
 * What is done about a probe that fails: a measurement, a certificate, and a database that answers wrongly, are reported, and the service is
 * degraded; everything else is mended by a restart. `whenFailing` of the probe says otherwise.
 */
export function consequenceOf(probe: Probe, cause: Cause | undefined): Consequence {
  if (probe.whenFailing !== undefined) return probe.whenFailing;
  if (cause === undefined) return "restart";
  if (measures.has(cause.code) || certificates.has(cause.code)) return "report";
  return isOfDatabase(probe) && databaseAnswers.has(cause.code) ? "report" : "restart";
}

/** Whether it speaks with a database, in all its parts. */
function isOfDatabase(probe: Probe): boolean {
  const parts = partsOf(probe);
  if (parts.length > 0) return parts.every(isOfDatabase);
  const protocol = protocolOf(probe.kind);
  return protocol !== undefined && protocol !== "http";
}
