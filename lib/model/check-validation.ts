import { suggestion } from "../core/did-you-mean.ts";
import type { Phase } from "./declaration.ts";
import { kindsOfContainers } from "./external.ts";
import { isEnabled } from "./level.ts";
import type { ValidationLevel } from "./level.ts";
import { probeKindsOf } from "./service-probe-kinds.ts";
import type { DeclaredProbe } from "./probe.ts";
import { factsOf, isComposite, partsOf, protocolOf } from "./probe.ts";
import { resolveProbe } from "./resolve-probe.ts";
import type { Service } from "./service.ts";

/** Takes a problem's place among the validations, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/**
 * Whether a service can be probed as its validations say, and its phase's in this environment.
 * @param phase undefined when the service is in none, which is another check's matter
 */
export function checkValidations(
  service: Service,
  phase: (Phase & { readonly name: string }) | undefined,
  level: ValidationLevel,
  report: Report,
): void {
  const { validations = {} } = service;
  for (const [validation, probes] of Object.entries(validations)) {
    if (Object.keys(probes).length === 0) report([validation], "is empty: it has no probes");
    for (const [name, probe] of Object.entries(probes)) {
      checkKinds(service, probe, [validation, name], report);
      if (service.kind === "job" && probe.whenFailing !== undefined)
        report([validation, name, "whenFailing"], "means nothing: a job's probes are over when it is ready");
    }
    if (service.kind === "job" && Object.values(probes).filter(({ kind }) => kind === "completed").length > 1)
      report([validation], "a job completes in one way");
  }
  const names = Object.keys(validations);
  if (phase === undefined) return;
  const { validation } = phase;
  if (!Object.hasOwn(validations, validation)) {
    // A job has the probe `completed` at every level, which is enough of a validation.
    if (service.kind === "job" && names.length === 0) return;
    return report(
      [],
      names.length === 0
        ? `are empty: the phase ${phase.name} asks for "${validation}"`
        : `the phase ${phase.name} asks for "${validation}", which the service does not define; ${suggestion(validation, names)}`,
    );
  }
  const probes = Object.values(validations[validation] ?? {});
  if (service.kind === "job" || probes.length === 0) return;
  // A gate that asks nothing would open at once, and say that the service is ready.
  if (!probes.some((probe) => isEnabled(level, resolveProbe(probe, service.kind))))
    report(
      [validation],
      `none of its probes is enabled at the level ${level}: mark at least one with level: "${level}"${level === "production" ? " and without mutates" : ""}`,
    );
}

function checkKinds(
  service: Service,
  probe: DeclaredProbe,
  at: readonly PropertyKey[],
  report: Report,
): void {
  const { kind } = probe;
  if (kind !== "all" && kind !== "any" && kind !== "not") {
    const known: readonly string[] = probeKindsOf[service.kind];
    if (!known.includes(kind)) report(at, unfit(service, kind));
    else if (service.external && (kindsOfContainers as readonly string[]).includes(kind))
      report(at, `an external service has no container: it cannot be probed by ${kind}`);
    // What does not fit the service has no kind of a plan.
    if (!known.includes(kind)) return;
    const resolved = resolveProbe(probe, service.kind);
    if (!isComposite(resolved))
      factsOf(resolved).check?.(resolved, (option, message) => report([...at, option], message));
    return;
  }
  partsOf(probe).forEach((part, i) => {
    const place = kind === "not" ? [...at, "part"] : [...at, "parts", i];
    if (part.level !== undefined)
      report([...place, "level"], "a part has the level of the whole: say it there");
    if (part.whenFailing !== undefined)
      report([...place, "whenFailing"], "it is the whole that passes or fails: say it there");
    if (part.kind === "completed")
      report(place, "completed stands alone, since it is enabled at every level");
    else checkKinds(service, part, place, report);
  });
}

function unfit({ kind: service }: Service, kind: DeclaredProbe["kind"]): string {
  if (kind === "sql") return `${article(service)} ${service} service does not speak SQL`;
  const protocol = protocolOf(kind);
  return protocol === undefined
    ? `${article(service)} ${service} service cannot be probed by ${kind}`
    : `${article(service)} ${service} service does not speak ${protocol}`;
}

function article(service: Service["kind"]): string {
  return service === "http" ? "an" : "a";
}
