import { PhasegateError } from "../../core/errors.ts";
import type { CommandResult } from "../../model/control-answers.ts";
import type { ServiceFailure } from "../../model/status.ts";
import { upCommand } from "../../model/stack-command.ts";
import { isUnderWay } from "../../supervision/job-runs.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** @throws PhasegateError PHASEGATE_CONTROL_REFUSED unless this is one job that does not run */
export function requireRunnable(
  supervisor: Supervisor,
  services: readonly string[],
  stack: string | undefined,
): void {
  const records = services.map((name) => supervisor.service(name).actor.record());
  const other = records.find(({ desired }) => !desired.readiness.job)?.desired.service;
  if (other !== undefined) throw refused(`${other} is no job: "phasegate restart" restarts a service`);
  const [service, record] = [services[0], records[0]];
  if (service === undefined || record === undefined || services.length > 1)
    throw refused("one job is run at a time: say which");
  if (record.seen === "gone")
    throw refused(`${service} is not run: its container is gone. ${upCommand(stack)} creates it again.`);
  if (isUnderWay(record)) throw refused(`${service} is not run: a run of it is not over yet`);
}

/** How a job that was run has ended, with its last lines; undefined where it has not. */
export async function endOf(
  supervisor: Supervisor,
  { steps }: CommandResult,
  service: string,
  describe: (record: ServiceRecord) => Promise<ServiceFailure>,
): Promise<CommandResult["ended"]> {
  const record = supervisor.find(service)?.actor.record();
  const hasRun = steps.some((step) => step.service === service && step.result !== "not attempted");
  if (record === undefined || !hasRun || typeof record.seen !== "object") return undefined;
  if (record.seen.running || record.seen.startedMs === undefined) return undefined;
  const { logs } = await describe(record);
  return { exitCode: record.seen.exitCode, lines: logs };
}

function refused(text: string): PhasegateError {
  return new PhasegateError("PHASEGATE_CONTROL_REFUSED", text);
}
