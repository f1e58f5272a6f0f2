import type { Clock } from "../../core/clock.ts";
import type { CommandProgress, CommandStep } from "../../model/control-answers.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import { isMoving } from "../../supervision/cascade-plan.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { SaidProgress } from "./command-progress.ts";
import type { Taken } from "./following-steps.ts";
import { followingStep, takeStep } from "./following-steps.ts";

/** What is done for services because others run again, while a command is under way. */
export interface Following {
  /** From now on, what is done for these is said. */
  watch(services: Iterable<string>): void;
  /** Waits until nothing is done for these, and nothing is about to be, or the client has gone. What was done for them. */
  over(services: ReadonlySet<string>): Promise<readonly CommandStep[]>;
  close(): void;
}

/** What is followed, and who hears of it. */
interface FollowingDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly clock: Clock;
}

interface Hearers {
  readonly progress: SaidProgress;
  readonly onProgress: (progress: CommandProgress) => void;
  readonly signal: AbortSignal;
}

export function following(
  { supervisor, stream, clock }: FollowingDependencies,
  { progress, onProgress, signal }: Hearers,
): Following {
  const closed = new AbortController();
  const watched = new Set<string>();
  let steps: Taken["steps"] = new Map();
  let taken = stream.lastSeq();

  const take = () => {
    for (const transition of stream.since(taken)) {
      taken = transition.seq;
      const { service, cause } = transition;
      if (!watched.has(service)) continue;
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
  const listen = async () => {
    while (!closed.signal.aborted) {
      take();
      await stream.changed.next(closed.signal);
    }
  };
  void listen();

  return {
    watch: (services) => {
      // What has been done for them before is not because of this.
      take();
      for (const service of services) watched.add(service);
    },
    over: async (services) => {
      const goesOn = () =>
        [...services].some((name) => isMoving(supervisor.records(), name, supervisor.held()));
      if (goesOn()) onProgress({ kind: "following" });
      while (goesOn() && !signal.aborted) await changeOrInstant(supervisor.changed, clock, Infinity, signal);
      take();
      return [...steps.values()].filter(({ service }) => services.has(service)).map(followingStep);
    },
    close: () => closed.abort(),
  };
}
