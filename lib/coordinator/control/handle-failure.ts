import type { Clock } from "../../core/clock.ts";
import type { Params } from "../../model/control.ts";
import type { CascadeStep, FailureResponse } from "../../model/control-answers.ts";
import type { IncidentStep } from "../../model/transition.ts";
import { neededGenerations } from "../../supervision/decisions.ts";
import { isUnderWay } from "../../supervision/cascade-plan.ts";
import type { Records } from "../../supervision/service-record.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { validate } from "./validate.ts";

/** What a failure that somebody reports is handled with. */
export interface FailureDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly clock: Clock;
}

/**
 * A service is said to have failed: it is restarted, and what depends on it follows by its edges' policies, as when the
 * coordinator notices by itself. Answers when all of it has come to an end. Where all its probes pass after all, nothing is
 * restarted.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN
 */
export async function handleFailure(
  { supervisor, stream, clock }: FailureDependencies,
  { service, failure }: Params<"handleFailure">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<FailureResponse> {
  const { actor } = supervisor.service(service);
  if (failure === "unhealthy" && actor.record().state.name === "ready") {
    const { passed } = await validate(supervisor, { service }, () => undefined, signal);
    if (passed) return { service, failure, recovered: true, steps: [] };
  }
  const since = stream.lastSeq();
  if (actor.record().state.name === "ready" || !isUnderWay(supervisor.records(), service)) {
    const cause = { kind: "unhealthy", text: `${service} was reported to have failed: ${failure}` } as const;
    const needed = neededGenerations(supervisor.records(), actor.record().desired.needs);
    actor.send({ type: "begin", action: "restart", cause, needed });
  }
  let told = since;
  while (isUnderWay(supervisor.records(), service) && !signal.aborted) {
    for (const { seq, to, service: other } of stream.since(told)) {
      told = seq;
      if (to === "restarting" || to === "starting")
        onProgress(`${to === "starting" ? "waiting for" : "restarting"} ${other}`);
    }
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
  const steps = stepsSince(stream, since, supervisor.records());
  return { service, failure, recovered: steps.every(({ result }) => result === "ready"), steps };
}

function stepsSince(stream: TransitionStream, since: number, records: Records): CascadeStep[] {
  const ids = new Set(
    stream.since(since).flatMap(({ incident }) => (incident === undefined ? [] : [incident])),
  );
  const steps = stream
    .incidents()
    .filter(({ id }) => ids.has(id))
    .flatMap(({ steps: own }) => own);
  return steps.map(({ service, action, because, tookMs = 0, result }: IncidentStep) => ({
    ...{ service, action, because, tookMs },
    result: result ?? "not attempted",
    cause: result === "failed" ? records.get(service)?.state.cause.text : undefined,
  }));
}
