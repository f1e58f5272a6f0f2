import type { AttemptReport, Params, Validation } from "../model/control.ts";
import { asksFor } from "../model/level.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Services } from "./services.ts";

/** Runs one attempt of each probe that a level asks for, all at the same time, and reports each as it ends. */
export async function validate(
  services: Services,
  { service, level: wanted }: Params<"validate">,
  onReport: (report: AttemptReport) => void,
  signal: AbortSignal,
): Promise<Validation> {
  const { subject } = services.entry(service).proof;
  const level = wanted ?? subject.expectation.level;
  const asked = Object.entries(subject.expectation.probes).filter(([, probe]) => asksFor(level, probe));
  const attempts = await Promise.all(
    asked.map(async ([name, probe]) => {
      const report = attemptReport(name, probe.kind, await subject.attempt(probe, signal));
      onReport(report);
      return report;
    }),
  );
  return { service, level, passed: attempts.every(({ status }) => status === "passed"), attempts };
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
