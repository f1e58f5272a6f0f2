import type { Consequence } from "../model/probe-parts/options.ts";
import { factsOf, isComposite, partsOf, type Probe } from "../model/probe.ts";
import type { Cause, CauseCode } from "../probe/outcome.ts";

/** An answer of a server: of one that keeps data it is reported, since no restart brings back a table, an account or a row. */
type ByKind = "byKind";

/** What is done about each cause. A new one is judged here, or nothing compiles. */
const consequences: Readonly<Record<CauseCode, Consequence | ByKind>> = {
  refused: "restart",
  reset: "restart",
  dns: "restart",
  unreachable: "restart",
  timeout: "restart",
  tls: "restart",
  protocol: "restart",
  // No restart makes a certificate valid.
  certificateExpired: "report",
  certificateName: "report",
  certificateAuthority: "report",
  clientCertificate: "report",
  authentication: "byKind",
  account: "byKind",
  server: "byKind",
  rows: "byKind",
  // What measures how well a service works, and not whether it does.
  capacity: "report",
  slow: "report",
  status: "restart",
  request: "restart",
  https: "restart",
  header: "restart",
  body: "restart",
  young: "restart",
  running: "restart",
  exited: "restart",
  paused: "restart",
  output: "restart",
  command: "restart",
  unhealthy: "restart",
  custom: "restart",
  unwanted: "restart",
  parts: "restart",
  prober: "restart",
};

/**
 * What is done about a probe that fails: a measurement, a certificate, and a database (or a broker, a store, a mail server) that answers wrongly, are reported, and the service is
 * degraded; everything else is mended by a restart. `whenFailing` of the probe says otherwise.
 */
export function consequenceOf(probe: Probe, cause: Cause | undefined): Consequence {
  if (probe.whenFailing !== undefined) return probe.whenFailing;
  if (cause === undefined) return "restart";
  const consequence = consequences[cause.code];
  if (consequence !== "byKind") return consequence;
  return asksStore(probe) ? "report" : "restart";
}

/** Whether it asks what keeps data, in all its parts. */
function asksStore(probe: Probe): boolean {
  if (isComposite(probe)) return partsOf(probe).every(asksStore);
  const { speaks, asksStore: says = speaks !== undefined && speaks !== "http" } = factsOf(probe);
  return says;
}
