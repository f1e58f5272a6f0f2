import { mostReplicas } from "../../model/replica-count.ts";
import type { Report } from "../read/note.ts";
import type { Kinded } from "./kinds.ts";

/**
 * How many instances of a service run, where it is not one.
 * @param names what other services are called, and are reached by
 */
export function replicasOf(
  { name, service, kind }: Kinded,
  names: Iterable<string>,
  note: Report,
): number | undefined {
  const count = service.scale ?? service.deploy?.replicas ?? 1;
  const attribute = service.scale === undefined ? "deploy.replicas" : "scale";
  if (count === 1) return undefined;
  const why = refusal();
  if (why === undefined) return count;
  note("lost", `services.${name}.${attribute}`, `${count}: ${why}: it is one here`);
  return undefined;

  function refusal(): string | undefined {
    if (count === 0) return "nothing of it would run";
    if (count > mostReplicas) return `a service has ${mostReplicas} instances at most`;
    if (kind === "job") return "a job has one run at a time";
    if (kind !== "httpService" && kind !== "service") return "what keeps data of its own has one instance";
    const taken = [...names].find(
      (other) => /^-[1-9]\d*$/.test(other.slice(name.length)) && other.startsWith(name),
    );
    return taken && `the name ${taken} would be one of its instances'`;
  }
}
