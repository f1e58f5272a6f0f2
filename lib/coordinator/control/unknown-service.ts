import { didYouMean } from "../../core/did-you-mean.ts";
import { PhasegateError } from "../../core/errors.ts";
import { upCommand } from "../../model/stack-command.ts";
import type { CommandAction } from "../../model/control.ts";
import type { Records } from "../../supervision/service-record.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN where one of these is no service: the error says which were meant, and which there are */
export function requireServices(
  { find, records }: Supervisor,
  names: readonly string[],
  stack: string | undefined,
): void {
  const unknown = names.filter((name) => find(name) === undefined);
  if (unknown.length > 0) throw unknownServices(unknown, namesOf(records()), stack);
}

/** What services are called: instances by their own names, and all those of one by its name. */
function namesOf(records: Records): string[] {
  const all = [...records.values()].flatMap(({ desired: { service, replicaOf } }) => [
    service,
    ...(replicaOf === undefined ? [] : [replicaOf]),
  ]);
  return [...new Set(all)];
}

function unknownServices(
  names: readonly string[],
  known: readonly string[],
  stack: string | undefined,
): PhasegateError {
  const which = names.map((name) => {
    const meant = didYouMean(name, known);
    return meant === undefined ? name : `${name} (did you mean ${meant}?)`;
  });
  const rest =
    known.length === 0
      ? `It knows no service: ${upCommand(stack)} registers them.`
      : `Its services are ${[...known].sort().join(", ")}.`;
  return new PhasegateError(
    "PHASEGATE_SERVICE_UNKNOWN",
    `the coordinator does not know ${which.join(" and ")}. ${rest}`,
  );
}

/** @throws PhasegateError PHASEGATE_SERVICE_EXTERNAL where one of these is no container: nobody here starts or stops it */
export function requireOwn({ find }: Supervisor, action: CommandAction, names: readonly string[]): void {
  const external = names.filter((name) => find(name)?.actor.record().desired.readiness.external);
  if (external.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_SERVICE_EXTERNAL",
    `${external.join(" and ")} ${external.length === 1 ? "is" : "are"} external: phasegate probes, and does not ${action}, what it has not created. Nothing was done.`,
  );
}
