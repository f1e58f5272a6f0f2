import type { AttemptReport, Validation } from "../../model/control-answers.ts";
import type { Params } from "../../model/control.ts";
import { isEnabled } from "../../model/level.ts";
import type { Outcome } from "../../probe/outcome.ts";
import { instancesNamed } from "../../supervision/command-order.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/**
 * Runs one attempt of each probe that a level enables, all at the same time, and reports each as it ends: of a service, or of all
 * instances of one.
 */
export async function validate(
  supervisor: Supervisor,
  { service: name, level: wanted }: Params<"validate">,
  onReport: (report: AttemptReport) => void,
  signal: AbortSignal,
): Promise<Validation> {
  const instances = instancesNamed(supervisor.records(), [name]);
  const each = await Promise.all(
    instances.map((instance) => {
      const of = instance === name ? {} : { service: instance };
      const report = (one: AttemptReport) => onReport({ ...of, ...one });
      return attemptsOf(supervisor, { service: instance, level: wanted }, report, signal).then((own) => ({
        ...own,
        attempts: own.attempts.map((one) => ({ ...of, ...one })),
      }));
    }),
  );
  const attempts = each.flatMap((one) => one.attempts);
  const level = each[0]?.level ?? wanted ?? "basic";
  return { service: name, level, passed: attempts.every(({ status }) => status === "passed"), attempts };
}

async function attemptsOf(
  supervisor: Supervisor,
  { service: name, level: wanted }: Params<"validate">,
  onReport: (report: AttemptReport) => void,
  signal: AbortSignal,
): Promise<Pick<Validation, "level" | "attempts">> {
  const service = supervisor.service(name);
  const { readiness } = service.actor.record().desired;
  const level = wanted ?? readiness.level;
  const enabled = Object.entries(readiness.probes).filter(([, probe]) => isEnabled(level, probe));
  const attempts = await Promise.all(
    enabled.map(async ([probeName, probe]) => {
      const report = attemptReport(probeName, probe.kind, await service.attempt(probe, signal));
      onReport(report);
      return report;
    }),
  );
  return { level, attempts };
}

function attemptReport(probe: string, kind: string, outcome: Outcome): AttemptReport {
  return {
    probe,
    kind,
    status: outcome.status,
    tookMs: outcome.tookMs,
    cause: outcome.status === "passed" ? undefined : outcome.cause.text,
    measured: outcome.status === "unknown" ? undefined : outcome.measured,
  };
}
