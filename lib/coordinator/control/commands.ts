import type { Clock } from "../../core/clock.ts";
import { PhasegateError } from "../../core/errors.ts";
import type { CommandAction, Params } from "../../model/control.ts";
import type { CommandStep } from "../../model/control-answers.ts";
import { inStartOrder } from "../../supervision/cascade-plan.ts";
import { neededGenerations } from "../../supervision/decisions.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import type { StateCause } from "../../supervision/service-state.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** What commands work with. */
export interface CommandDependencies {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
}

const cause = (text: string): StateCause => ({ kind: "operator", text });

const words = {
  start: { doing: "starting", cause: cause('started by "phasegate start"') },
  stop: { doing: "stopping", cause: cause('stopped by "phasegate stop"') },
  restart: { doing: "restarting", cause: cause('restarted by "phasegate restart"') },
} as const;

/**
 * Starts, stops or restarts services, all of them where none is named: in the order of the start, each when the one before is
 * ready, and stops in the reverse of it. What depends on a service that is restarted follows by its edge's policy, and is waited for.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN
 */
export async function runCommand(
  { supervisor, clock }: CommandDependencies,
  { action, services: names }: Params<"command">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly CommandStep[]> {
  for (const name of names) supervisor.service(name);
  const all = inStartOrder(supervisor.records()).map(([name]) => name);
  const chosen = names.length === 0 ? all : all.filter((name) => names.includes(name));
  const steps: CommandStep[] = [];
  for (const service of action === "stop" ? chosen.reverse() : chosen) {
    if (signal.aborted) break;
    const record = supervisor.service(service).actor.record();
    // A job that has done its work is neither started nor stopped by a command for all.
    if (names.length === 0 && record.desired.readiness.job) continue;
    onProgress(`${words[action].doing} ${service}`);
    const beganMs = clock.now();
    begin(supervisor, record, action);
    const step = await settled({ supervisor, clock }, service, action, signal);
    steps.push({ service, action, tookMs: clock.now() - beganMs, ...step });
    if (step.result === "failed" && action !== "stop") break;
  }
  return steps;
}

function begin(supervisor: Supervisor, record: ServiceRecord, action: CommandAction): void {
  const { actor } = supervisor.service(record.desired.service);
  const { cause } = words[action];
  if (action === "stop") return actor.send({ type: "stop", cause });
  if (action === "start" && record.state.name === "ready") return;
  const needed = neededGenerations(supervisor.records(), record.desired.needs);
  actor.send({ type: "begin", action, cause, needed });
}

/** Waits until a service is what the command wants, or cannot become it. */
async function settled(
  { supervisor, clock }: CommandDependencies,
  service: string,
  action: CommandAction,
  signal: AbortSignal,
): Promise<Pick<CommandStep, "result" | "cause">> {
  for (;;) {
    const record = supervisor.find(service)?.actor.record();
    if (record === undefined)
      throw new PhasegateError(
        "PHASEGATE_SERVICE_UNKNOWN",
        `${service} was taken out of the stack meanwhile`,
      );
    const { state, act, seen } = record;
    if (action === "stop") {
      const runs = typeof seen === "object" && seen.running;
      if (state.name === "stopped" && act === undefined)
        return runs ? { result: "failed", cause: state.cause.text } : { result: "stopped", cause: undefined };
    } else {
      if (state.name === "ready") return { result: "ready", cause: undefined };
      const over = state.name === "failed" || state.name === "givenUp" || state.name === "degraded";
      if (over && act === undefined) return { result: "failed", cause: state.cause.text };
    }
    if (signal.aborted) return { result: "failed", cause: "nobody waits for it any more" };
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
}
