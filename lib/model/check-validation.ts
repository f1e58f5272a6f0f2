import { asksFor } from "./level.ts";
import type { ValidationLevel } from "./level.ts";
import { probeKindsOf } from "./probe-kinds.ts";
import type { DeclaredProbe } from "./probe.ts";
import { partsOf, protocolOf } from "./probe.ts";
import { resolveProbe } from "./resolve-probe.ts";
import type { Service } from "./service.ts";

type Report = (message: string) => void;

/** Whether a service can be asked what its phase asks for. Kinds are compile errors already, where a compiler looks. */
export function checkValidation(
  service: Service | undefined,
  validation: string,
  level: ValidationLevel,
  report: Report,
): void {
  if (service === undefined) return;
  const defined = Object.keys(service.validations);
  const probes = Object.hasOwn(service.validations, validation) ? service.validations[validation] : undefined;
  if (probes === undefined || Object.keys(probes).length === 0) {
    // A job is asked at every level whether it has completed, which is enough of a validation.
    if (service.kind === "job" && defined.length === 0) return;
    return report(`its phase asks for the validation ${validation}, which the service does not define`);
  }
  for (const [name, probe] of Object.entries(probes))
    checkKinds(service, probe, (message) => report(`${validation}.${name}${message}`));
  if (service.kind === "job") {
    if (Object.values(probes).filter(({ kind }) => kind === "completed").length > 1)
      report(`${validation}: a job completes in one way`);
    return;
  }
  // A gate that asks nothing would open at once, and say that the service is ready.
  if (!Object.values(probes).some((probe) => asksFor(level, resolveProbe(probe))))
    report(
      `none of the probes of ${validation} is asked at the level ${level}: mark at least one with level: "${level}"${level === "production" ? " and without mutates" : ""}`,
    );
}

function checkKinds(service: Service, probe: DeclaredProbe, report: Report): void {
  const { kind } = probe;
  if (kind !== "all" && kind !== "any" && kind !== "not") {
    // A kind of service that does not exist is the plan's schema's to report.
    const known: readonly string[] = Object.hasOwn(probeKindsOf, service.kind)
      ? probeKindsOf[service.kind]
      : [kind];
    if (!known.includes(kind)) report(`: ${unfit(service, kind)}`);
    return;
  }
  partsOf(probe).forEach((part, i) => {
    const at = kind === "not" ? ".part" : `.parts[${i}]`;
    if (part.level !== undefined) report(`${at}: a part has the level of the whole: say it there`);
    if (part.kind === "completed") report(`${at}: completed stands alone, since it is asked at every level`);
    else checkKinds(service, part, (message) => report(`${at}${message}`));
  });
}

function unfit({ kind: service }: Service, kind: DeclaredProbe["kind"]): string {
  const protocol = protocolOf(kind);
  const article = service === "http" ? "an" : "a";
  return protocol === undefined
    ? `${article} ${service} service cannot be asked by ${kind}`
    : `${article} ${service} service does not speak ${protocol}`;
}
