import type { Clock } from "../../core/clock.ts";
import type { CommandAction, Params } from "../../model/control.ts";
import type { CommandProgress, CommandResult, CommandStep, Impaired } from "../../model/control-answers.ts";
import { dependentsOf, inStartOrder, isFollowed } from "../../supervision/cascade-plan.ts";
import { stepsBefore } from "../../supervision/command-order.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { runStep } from "./command-step.ts";
import { commandProgress } from "./command-progress.ts";
import type { Taken } from "./following-steps.ts";
import { followingStep, takeStep } from "./following-steps.ts";
import type { Hold } from "./hold.ts";

/** What commands work with. */
export interface CommandDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly hold: Hold;
  readonly clock: Clock;
  /** The stack's name, for the commands that messages suggest. */
  readonly stack: string | undefined;
}

type OnProgress = (progress: CommandProgress) => void;

/**
 * Starts, stops or restarts services, all of them where none is named: each when what it needs and the phases before are ready, and
 * stops in the reverse of that. What depends on a service that runs again follows by its edge's policy, after the command's own steps,
 * and is waited for. When the client goes, what has begun goes on, and nothing else is begun.
 */
export async function runCommand(
  dependencies: CommandDependencies,
  { action, services: names }: Params<"command">,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { supervisor, stream, hold, clock } = dependencies;
  const since = stream.lastSeq();
  const services = chosen(supervisor, names);
  const progress = commandProgress({ supervisor, clock }, onProgress);
  const own = await ownSteps(dependencies, services, action, { onProgress, progress, signal });
  progress.close();
  const following =
    action === "stop" ? [] : await followed(dependencies, services, since, { onProgress, signal });
  const steps = [...own.map((step) => asNow(supervisor, step)), ...following];
  return { steps, impaired: impaired(supervisor, services, steps), held: hold.current() };
}

/** In the order of the start. A job that has done its work is neither started nor stopped by a command for all. */
function chosen(supervisor: Supervisor, names: readonly string[]): string[] {
  return inStartOrder(supervisor.records()).flatMap(([name, { desired, state }]) => {
    const isDone = desired.readiness.job && state.name === "ready";
    return (names.length === 0 ? !isDone : names.includes(name)) ? [name] : [];
  });
}

interface Circumstances {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** The steps that the command itself wants, in the order in which they were over. */
async function ownSteps(
  { supervisor, clock, stack }: CommandDependencies,
  services: readonly string[],
  action: CommandAction,
  { onProgress, progress, signal }: Circumstances & { readonly progress: ReturnType<typeof commandProgress> },
): Promise<CommandStep[]> {
  const direction = action === "stop" ? "stop" : "start";
  const before = stepsBefore(supervisor.records(), services, direction);
  // What is restarted because of one of them would be restarted once more when its turn comes.
  const reserved = new Map(services.map((service) => [service, supervisor.reserve(service)]));
  const release = (service: string) => reserved.get(service)?.();
  const underWay = new Map<string, Promise<CommandStep>>();
  const steps: CommandStep[] = [];

  const run = async (service: string): Promise<CommandStep> => {
    const earlier = await Promise.all(
      (before.get(service) ?? []).flatMap((name) => underWay.get(name) ?? []),
    );
    const beganMs = clock.now();
    const onBegin = () => {
      onProgress({ kind: "begun", service, action, because: undefined });
      progress.add(service, action);
    };
    const refused = whyNot(action, earlier, signal);
    const outcome =
      refused === undefined
        ? await runStep({ supervisor, clock, stack, onBegin }, service, action, signal)
        : ({ result: "not attempted", already: false, cause: refused } as const);
    const step = { service, action, because: undefined, ...outcome, tookMs: clock.now() - beganMs };
    steps.push(step);
    progress.done(service);
    onProgress({ kind: "done", step });
    release(service);
    return step;
  };

  try {
    // Those that come before are in the map by then.
    const order = action === "stop" ? services.toReversed() : services;
    for (const service of order) underWay.set(service, run(service));
    await Promise.all(underWay.values());
  } finally {
    for (const end of reserved.values()) end();
  }
  return steps;
}

/** Why a step is not begun; undefined where it is. A stop that has failed keeps no other from being stopped. */
function whyNot(
  action: CommandAction,
  earlier: readonly CommandStep[],
  signal: AbortSignal,
): string | undefined {
  if (signal.aborted) return "the command was broken off";
  if (action === "stop") return undefined;
  const failed = earlier.find(({ result }) => result === "failed" || result === "not attempted");
  return failed && `${failed.service}, which comes before it, is not ready`;
}

/** Waits for what follows in others, and says what that was. */
async function followed(
  { supervisor, stream, clock }: CommandDependencies,
  services: readonly string[],
  since: number,
  { onProgress, signal }: Circumstances,
): Promise<CommandStep[]> {
  const dependents = dependentsOf(supervisor.records(), services);
  const progress = commandProgress({ supervisor, clock }, onProgress);
  let steps: Taken["steps"] = new Map();
  let taken = since;
  let said = false;
  const take = () => {
    for (const transition of stream.since(taken)) {
      taken = transition.seq;
      const { service, cause } = transition;
      if (!dependents.has(service)) continue;
      const { steps: next, news } = takeStep(steps, transition);
      steps = next;
      const step = steps.get(service);
      if (news === undefined || step === undefined) continue;
      if (news === "begun") {
        onProgress({ kind: "begun", service, action: step.action, because: cause.text });
        progress.add(service, step.action);
      } else {
        progress.done(service);
        onProgress({ kind: "done", step: followingStep(step) });
      }
    }
  };
  for (;;) {
    const goesOn = isFollowed(supervisor.records(), services, supervisor.held());
    if (goesOn && !said) onProgress({ kind: "following" });
    said ||= goesOn;
    take();
    if (!goesOn || signal.aborted) break;
    await changeOrInstant(supervisor.changed, clock, Infinity, signal);
  }
  progress.close();
  return [...steps.values()].map(followingStep);
}

/** What was as it should be, but for what it depends on, may be so by now. */
function asNow(supervisor: Supervisor, step: CommandStep): CommandStep {
  const state = supervisor.find(step.service)?.actor.record().state.name;
  return step.already && step.result === "degraded" && state === "ready"
    ? { ...step, result: "ready", cause: undefined }
    : step;
}

/** Who depends on these and is not ready. What somebody has stopped is so for a reason of its own. */
function impaired(
  supervisor: Supervisor,
  services: readonly string[],
  steps: readonly CommandStep[],
): Impaired[] {
  const records = supervisor.records();
  const dependents = dependentsOf(records, services);
  const said = new Set(steps.map(({ service }) => service));
  return inStartOrder(records).flatMap(([service, { state }]) =>
    !dependents.has(service) || said.has(service) || state.name === "ready" || state.name === "stopped"
      ? []
      : [{ service, state: state.name, cause: state.cause }],
  );
}
