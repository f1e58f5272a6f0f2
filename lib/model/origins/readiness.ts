import { pathText } from "../plan-path.ts";
import type { Supervision } from "../supervision.ts";
import type { Origin, Place, Rule } from "./origin.ts";
import { byDefault, declared, multiplier, phaseOf, profiled, rule, samePlace, serviceOf } from "./origin.ts";

/** A value of the service's own, or else the failure policy's for all. */
const ownOrPolicy = (place: Place, key: "grace" | "failFast"): Origin[] => {
  const [name = ""] = place.names;
  const isOwn = place.declaration.services[name]?.[key] !== undefined;
  return samePlace({ ...place, path: isOwn ? ["services", name, key] : ["failureHandling", key] });
};

/** How a service is watched: what it says itself, or else its stack, or else nobody. */
const ownOrStack = (place: Place): Origin[] => {
  const [name = "", key = ""] = place.names;
  const { supervision: ofStack, services } = place.declaration;
  const said = (supervision: Supervision | undefined) =>
    supervision?.[key as keyof Supervision] !== undefined;
  const below = place.path.slice(2);
  if (said(services[name]?.supervision)) return samePlace({ ...place, path: ["services", name, ...below] });
  if (said(ofStack)) return samePlace({ ...place, path: below });
  return [key === "interval" ? profiled("healthCheckInterval") : byDefault(pathText(below))];
};

/** The failure policy's, for all. */
const restartOrigins = (place: Place) =>
  samePlace({ ...place, path: ["failureHandling", ...place.path.slice(4)] });

/** Of what is expected of a service, and how it is watched. */
export const readinessRules: readonly Rule[] = [
  rule("services.*.readiness.validation", ({ declaration, names: [name = ""] }) => [
    declared("phases", phaseOf(declaration, name)[0], "validation"),
  ]),
  rule("services.*.readiness.level", () => [profiled("validationLevel")]),
  rule("services.*.readiness.budget", ({ declaration, names: [name = ""] }) => [
    declaration.services[name]?.timeout === undefined
      ? declared("phases", phaseOf(declaration, name)[0], "timeout")
      : declared("services", name, "timeout"),
    multiplier,
  ]),
  rule("services.*.readiness.restarts.**", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? [declared("services", place.names[0] ?? "", "external")]
      : restartOrigins(place),
  ),
  rule("services.*.readiness.failFast", (place) => ownOrPolicy(place, "failFast")),
  rule("services.*.readiness.grace", (place) =>
    serviceOf(place, place.names[0] ?? "")?.external
      ? [declared("services", place.names[0] ?? "", "external")]
      : ownOrPolicy(place, "grace"),
  ),
  rule("services.*.readiness.external", ({ names: [name = ""] }) => [declared("services", name, "external")]),
  rule("services.*.readiness.job", ({ names: [name = ""] }) => [declared("services", name, "kind")]),
  rule("services.*.readiness.probes.*.**", (place) => {
    const { declaration, path } = place;
    const [name = "", probe = ""] = place.names;
    const validation = phaseOf(declaration, name)[1]?.validation ?? "";
    if (declaration.services[name]?.validations?.[validation]?.[probe] !== undefined)
      return samePlace({
        ...place,
        path: ["services", name, "validations", validation, probe, ...path.slice(5)],
      });
    // The probe that every job has.
    return [declared("services", name, "kind"), byDefault(probe)];
  }),
  // Thresholds, cadence and endpoint are the service's own in the declaration, and part of what is expected of it in the plan.
  rule("services.*.readiness.*.**", (place) =>
    samePlace({ ...place, path: ["services", ...place.names.slice(0, 1), ...place.path.slice(3)] }),
  ),
  rule("services.*.supervision.*.**", ownOrStack),
];
