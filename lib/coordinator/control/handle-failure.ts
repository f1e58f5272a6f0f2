import type { Clock } from "../../core/clock.ts";
import type { Params } from "../../model/control.ts";
import type { CascadeStep, FailureResponse } from "../../model/control-answers.ts";
import type { IncidentStep } from "../../model/transition.ts";
import { neededGenerations } from "../../supervision/decisions.ts";
import { isUnderWay } from "../../supervision/cascade-plan.ts";
import type { Records, ServiceRecord } from "../../supervision/service-record.ts";
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

/** One step for each service that the incident has reached: what was done for it, all attempts taken together. */
function stepsSince(stream: TransitionStream, since: number, records: Records): CascadeStep[] {
  const ids = new Set(
    stream.since(since).flatMap(({ incident }) => (incident === undefined ? [] : [incident])),
  );
  const reached = stream.incidents().filter(({ id }) => ids.has(id));
  const done = Map.groupBy(
    reached.flatMap(({ steps }) => steps),
    ({ service }) => service,
  );
  const waiting = reached.flatMap(({ services }) =>
    Object.keys(services).filter((service) => services[service] !== "ready" && !done.has(service)),
  );
  return [
    ...[...done.values()].map((steps) => taken(steps, records)),
    ...waiting.flatMap((service) => notAttempted(records.get(service))),
  ];
}

function taken(steps: readonly IncidentStep[], records: Records): CascadeStep {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) throw new Error("a group has a step");
  const { service, action, because, beganMs } = first;
  const result = last.result ?? "not attempted";
  return {
    ...{ service, action, because, result },
    tookMs: last.beganMs + (last.tookMs ?? 0) - beganMs,
    cause: result === "ready" ? undefined : records.get(service)?.state.cause.text,
  };
}

/** A service whose turn has not come: what it needs has not become ready. */
function notAttempted(record: ServiceRecord | undefined): CascadeStep[] {
  if (record === undefined) return [];
  const { desired, state } = record;
  const action = Object.values(desired.needs).includes("restart") ? "restart" : "revalidate";
  const because = state.cause.service ?? desired.service;
  const { service } = desired;
  return [{ service, action, because, result: "not attempted", tookMs: 0, cause: state.cause.text }];
}
