import type { Clock } from "../../core/clock.ts";
import { upCommand } from "../../model/stack-command.ts";
import type { CommandAction } from "../../model/control.ts";
import type { CommandStep } from "../../model/control-answers.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import { isMoving, neededGenerations } from "../../supervision/cascade-plan.ts";
import { needsOf } from "../../supervision/needs-graph.ts";
import { serviceOrder } from "../../supervision/command-order.ts";
import { downOf } from "../../supervision/dependencies.ts";
import { waitsForRelease } from "../../supervision/holding.ts";
import type { Records, ServiceRecord } from "../../supervision/service-record.ts";
import type { StateCause } from "../../supervision/service-state.ts";
import { isUp } from "../../supervision/service-state.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** What a step of a command works with. */
export interface StepDependencies {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** The stack's name, for the commands that messages suggest. */
  readonly stack: string | undefined;
  /** Called before something is really done. */
  readonly onBegin: () => void;
  /** Called when the service is to follow what it needs, which runs again meanwhile: the command keeps it for itself no longer. */
  readonly onImpaired: () => void;
}

type Outcome = Pick<CommandStep, "result" | "already" | "cause">;

/** Starts, stops or restarts one service, and waits until it is so, or cannot become so, or the client has gone. */
export async function runStep(
  dependencies: StepDependencies,
  service: string,
  action: CommandAction,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (action) {
    case "stop":
      return stopOne(dependencies, service, signal);
    case "run":
      return runOne(dependencies, service, signal);
    case "start":
    case "restart":
      return startOne(dependencies, service, action, signal);
  }
}

/** Runs a job once more, when what it needs is ready. */
async function runOne(
  dependencies: StepDependencies,
  service: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { supervisor, onBegin, onImpaired } = dependencies;
  onBegin();
  supervisor.service(service).actor.send({ type: "run", cause: causes.run });
  // Its turn comes as any other's: the command keeps it for itself no longer.
  onImpaired();
  return untilSettled(dependencies, service, signal);
}

async function stopOne(
  { supervisor, clock, onBegin }: StepDependencies,
  service: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { actor } = supervisor.service(service);
  if (actor.record().state.name === "stopped" && !isRunning(actor.record()))
    return { result: "stopped", already: true, cause: undefined };
  onBegin();
  actor.send({ type: "stop", cause: causes.stop });
  for (;;) {
    const record = supervisor.find(service)?.actor.record();
    if (record === undefined) return failed(takenOut);
    const { state, act } = record;
    if (state.name !== "stopped") return failed(`it was started again meanwhile: ${state.cause.text}`);
    if (act === undefined) return isRunning(record) ? failed(state.cause.text) : done("stopped");
    if (signal.aborted) return failed(clientGone);
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
}

async function startOne(
  dependencies: StepDependencies,
  service: string,
  action: "start" | "restart",
  signal: AbortSignal,
): Promise<Outcome> {
  const { supervisor, stack, onBegin } = dependencies;
  const refused = await untilNeedsAreUp(dependencies, service, signal);
  if (refused !== undefined) return { result: "not attempted", already: false, cause: refused };
  const { actor } = supervisor.service(service);
  const record = actor.record();
  const { state, desired, act } = record;
  if (state.name === "stopped" && state.gone) {
    const cause = `its container is gone: ${upCommand(stack)} creates it again`;
    return { result: "not attempted", already: false, cause };
  }
  if (action === "start" && isUp(state) && act === undefined) return asItIs(record);
  onBegin();
  if (action === "restart" || !isComing(record, supervisor)) {
    const needed = neededGenerations(supervisor.records(), desired.needs);
    actor.send({ type: "begin", action, cause: causes[action], needed });
  }
  return untilSettled(dependencies, service, signal);
}

/** Whether a service that is not up is being started already. */
function isComing(record: ServiceRecord, supervisor: Supervisor): boolean {
  if (record.act?.order === "stop") return false;
  if (record.act !== undefined || record.state.name === "starting") return true;
  return record.state.name === "restarting" && !isHeldBack(record, supervisor);
}

function asItIs({ state }: ServiceRecord): Outcome {
  return state.name === "ready"
    ? { result: "ready", already: true, cause: undefined }
    : { result: "degraded", already: true, cause: state.cause.text };
}

/**
 * Waits for what comes before a service: what it needs is to be up, and a job of an earlier phase that is run again to be done.
 * Returns why what it needs will not be up; undefined where it is.
 */
async function untilNeedsAreUp(
  { supervisor, clock }: StepDependencies,
  service: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const records = supervisor.records();
    const record = records.get(service);
    if (record === undefined) return takenOut;
    const before = [...serviceOrder(records)(service)];
    const moves = before.some((name) => isMoving(records, name, supervisor.held()));
    const down = downOf(records, record);
    if (down === undefined && !moves) return undefined;
    if (down !== undefined) {
      const root = records.get(down.service);
      if (root === undefined || isLeft(root)) return down.text;
      if (supervisor.held() && !moves) return `${down.text}; nothing is done about it before the hold ends`;
    }
    if (signal.aborted) return clientGone;
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
}

async function untilSettled(
  { supervisor, clock, onImpaired }: StepDependencies,
  service: string,
  signal: AbortSignal,
): Promise<Outcome> {
  for (;;) {
    const records = supervisor.records();
    const record = records.get(service);
    if (record === undefined) return failed(takenOut);
    const { state, act } = record;
    if (act === undefined) {
      if (state.name === "ready") return done("ready");
      if (state.name === "degraded") {
        if (!isAboutToFollow(records, record, supervisor.held()))
          return { result: "degraded", already: false, cause: state.cause.text };
        onImpaired();
      }
      if (isLeft(record)) return failed(state.cause.text);
      if (isHeldBack(record, supervisor) || (isWaiting(record) && supervisor.held()))
        return failed(`${state.cause.text}; it is started again when the hold ends`);
      const down = state.name === "pending" ? downOf(records, record) : undefined;
      const root = down && records.get(down.service);
      if (down && (root === undefined || isLeft(root))) return failed(down.text);
    }
    if (signal.aborted) return failed(clientGone);
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
}

/** Whether a service that is impaired by what it needs is so for now only: that is being started, or its own turn comes. */
function isAboutToFollow(records: Records, { state, desired }: ServiceRecord, held: boolean): boolean {
  if (state.cause.kind !== "dependency") return false;
  const { service } = desired;
  return [service, ...needsOf(records, service)].some((name) => isMoving(records, name, held));
}

/** Whether it waits for what a hold keeps back: what somebody has ordered is not. */
function isWaiting({ state }: ServiceRecord): boolean {
  return state.name === "pending" && state.waitsFor !== "needs" && state.waitsFor !== "creator";
}

/** A state that nothing leads out of but somebody's doing. */
function isLeft({ state, act }: ServiceRecord): boolean {
  const { name } = state;
  return act === undefined && (name === "stopped" || name === "failed" || name === "givenUp");
}

function isHeldBack(record: ServiceRecord, supervisor: Supervisor): boolean {
  return waitsForRelease(record, { held: supervisor.held(), deploying: supervisor.deploying() });
}

function isRunning({ seen }: ServiceRecord): boolean {
  return typeof seen === "object" && seen.running;
}

const cause = (text: string): StateCause => ({ kind: "operator", text });
const causes = {
  start: cause('started by "phasegate start"'),
  stop: cause('stopped by "phasegate stop"'),
  restart: cause('restarted by "phasegate restart"'),
  run: cause('run by "phasegate run"'),
};

const takenOut = "it was taken out of the stack meanwhile";
const clientGone = "nobody waits for it any more";
const done = (result: "ready" | "stopped"): Outcome => ({ result, already: false, cause: undefined });
const failed = (text: string): Outcome => ({ result: "failed", already: false, cause: text });
