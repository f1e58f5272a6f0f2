import type { Clock } from "../../core/clock.ts";
import type { CommandAction, Params } from "../../model/control.ts";
import type { CommandProgress, CommandResult, CommandStep, Impaired } from "../../model/control-answers.ts";
import { inStartOrder } from "../../supervision/cascade-plan.ts";
import { dependentsOf } from "../../supervision/needs-graph.ts";
import { instancesBefore, instancesNamed, stepsBefore } from "../../supervision/command-order.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { runStep } from "./command-step.ts";
import type { SaidProgress } from "./command-progress.ts";
import { commandProgress } from "./command-progress.ts";
import type { Following } from "./following.ts";
import { following } from "./following.ts";
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
 * stops in the reverse of that. What depends on a service that runs again follows by its edge's policy, and is waited for. When the
 * client goes, what has begun goes on, and nothing else is begun.
 */
export async function runCommand(
  dependencies: CommandDependencies,
  { action, services: names }: Params<"command">,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { supervisor, stream, hold, clock } = dependencies;
  const services = chosen(supervisor, instancesNamed(supervisor.records(), names));
  const progress = commandProgress({ supervisor, clock }, onProgress);
  const follows = following({ supervisor, stream, clock }, { progress, onProgress, signal });
  if (action !== "stop") follows.watch(dependentsOf(supervisor.records(), services));
  const circumstances = { onProgress, progress, follows, signal };
  const own = await ownSteps(dependencies, services, action, circumstances);
  const changed = own.filter(isChange).map(({ service }) => service);
  const dependents = dependentsOf(supervisor.records(), changed);
  const asTheyWere = own.filter(({ already }) => already).map(({ service }) => service);
  const others = action === "stop" ? [] : await follows.over(new Set([...dependents, ...asTheyWere]));
  follows.close();
  progress.close();
  const followed = new Set(others.map(({ service }) => service));
  const steps = [
    ...own.filter(({ service, already }) => !already || !followed.has(service)).map(asNow(supervisor)),
    ...others,
  ];
  return { steps, impaired: impaired(supervisor, dependents, steps), held: hold.current() };
}

/** In the order of the start. A job that has done its work is neither started nor stopped by a command for all. */
function chosen(supervisor: Supervisor, names: readonly string[]): string[] {
  return inStartOrder(supervisor.records()).flatMap(([name, { desired, state }]) => {
    const isDone = desired.readiness.job && state.name === "ready";
    if (desired.readiness.external) return [];
    return (names.length === 0 ? !isDone : names.includes(name)) ? [name] : [];
  });
}

interface Circumstances {
  readonly onProgress: OnProgress;
  readonly progress: SaidProgress;
  readonly follows: Following;
  readonly signal: AbortSignal;
}

/** The steps that the command itself wants, in the order in which they were over. */
async function ownSteps(
  { supervisor, clock, stack }: CommandDependencies,
  services: readonly string[],
  action: CommandAction,
  { onProgress, progress, follows, signal }: Circumstances,
): Promise<CommandStep[]> {
  const direction = action === "stop" ? "stop" : "start";
  const before = stepsBefore(supervisor.records(), services, direction);
  const oneByOne =
    action === "restart" ? instancesBefore(supervisor.records(), services) : new Map<string, string[]>();
  // What is restarted because of one of them would be restarted once more when its turn comes.
  const reserved = new Map(services.map((service) => [service, supervisor.reserve(service)]));
  const underWay = new Map<string, Promise<CommandStep>>();
  const steps: CommandStep[] = [];

  const run = async (service: string): Promise<CommandStep> => {
    const earlier = await Promise.all(
      [...(before.get(service) ?? []), ...(oneByOne.get(service) ?? [])].flatMap(
        (name) => underWay.get(name) ?? [],
      ),
    );
    const beganMs = clock.now();
    const onBegin = () => {
      onProgress({ kind: "begun", service, action, because: undefined });
      progress.add(service, action);
    };
    const release = () => reserved.get(service)?.();
    const refused = whyNot(action, earlier, signal);
    const outcome =
      refused === undefined
        ? await runStep({ supervisor, clock, stack, onBegin, onImpaired: release }, service, action, signal)
        : ({ result: "not attempted", already: false, cause: refused } as const);
    const step = { service, action, because: undefined, ...outcome, tookMs: clock.now() - beganMs };
    steps.push(step);
    progress.done(service);
    // What is up and impaired may be about to follow what was started: that is its step then.
    if (step.already && action !== "stop") follows.watch([service]);
    if (!step.already || step.result !== "degraded") onProgress({ kind: "done", step });
    release();
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

/** Whether a step has made its service another than it was. */
function isChange({ already, result }: CommandStep): boolean {
  return !already && result !== "not attempted";
}

/** What was up, and impaired by what it depends on, may be ready by now. */
function asNow(supervisor: Supervisor): (step: CommandStep) => CommandStep {
  return (step) => {
    const state = supervisor.find(step.service)?.actor.record().state.name;
    return step.already && step.result === "degraded" && state === "ready"
      ? { ...step, result: "ready", cause: undefined }
      : step;
  };
}

/** Who of these is not ready, and no step says so. What somebody has stopped is so for a reason of its own. */
function impaired(
  supervisor: Supervisor,
  dependents: ReadonlySet<string>,
  steps: readonly CommandStep[],
): Impaired[] {
  const said = new Set(steps.map(({ service }) => service));
  return inStartOrder(supervisor.records()).flatMap(([service, { state }]) =>
    !dependents.has(service) || said.has(service) || state.name === "ready" || state.name === "stopped"
      ? []
      : [{ service, state: state.name, cause: state.cause }],
  );
}
