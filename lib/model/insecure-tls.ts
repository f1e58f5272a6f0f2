import type { Problem } from "../core/problem.ts";
import { placeText } from "../core/problem.ts";
import type { LifecyclePlan } from "./plan.ts";
import type { Probe } from "./probe.ts";
import { partsOf } from "./probe.ts";

/** Where a plan accepts every certificate. None of them is an error; each is worth a warning at every `up`. */
export function insecureTls({ services }: Pick<LifecyclePlan, "services">): Problem[] {
  return Object.entries(services).flatMap(([service, { readiness }]) => {
    const { endpoint, probes } = readiness;
    const own = endpoint?.tls?.insecure ? [["services", service, "tls"]] : [];
    const ofProbes = Object.entries(probes)
      .filter(([, probe]) => isInsecure(probe))
      .map(([probe]) => ["services", service, "probes", probe]);
    return [...own, ...ofProbes].map((place) => ({
      path: placeText(place),
      message:
        "accepts every certificate (insecure: true): anything that answers at its address passes for it. Set its authority instead: ca",
    }));
  });
}

function isInsecure(probe: Probe): boolean {
  if ("https" in probe && probe.https?.insecure) return true;
  if ("tls" in probe && probe.tls?.insecure) return true;
  return partsOf(probe).some(isInsecure);
}
