import type { CommandStep } from "../../model/control-answers.ts";
import type { IncidentStep, Transition } from "../../model/transition.ts";

/** What was done for a service that followed a change of another, all attempts taken together. */
interface FollowingStep {
  readonly service: string;
  readonly action: IncidentStep["action"];
  readonly because: string;
  readonly beganMs: number;
  readonly tookMs: number;
  /** Undefined while it is under way. */
  readonly result: Extract<CommandStep["result"], "ready" | "degraded" | "failed"> | undefined;
  /** Why it is as it is. */
  readonly cause: string;
}

/** What a transition has made of the steps. */
export interface Taken {
  readonly steps: ReadonlyMap<string, FollowingStep>;
  /** What it has begun or ended; undefined where it is none of both. */
  readonly news: "begun" | "done" | undefined;
}

/** Takes in a transition of a service that depends on what was changed. */
export function takeStep(
  steps: Taken["steps"],
  { service, from, to, cause, atMs }: Pick<Transition, "service" | "from" | "to" | "cause" | "atMs">,
): Taken {
  const known = steps.get(service);
  const begins = to === "restarting" || (to === "starting" && from !== "restarting" && from !== "pending");
  const put = (step: FollowingStep, news: Taken["news"]): Taken => ({
    steps: new Map([...steps, [service, step]]),
    news,
  });
  if (begins && known !== undefined)
    return put({ ...known, result: undefined, cause: cause.text }, undefined);
  if (begins) {
    const action = to === "restarting" ? "restart" : "revalidate";
    const because = cause.service ?? service;
    const step = { service, action, because, beganMs: atMs, tookMs: 0, cause: cause.text } as const;
    return put({ ...step, result: undefined }, "begun");
  }
  const result = results[to];
  if (known === undefined || known.result !== undefined || result === undefined)
    return { steps, news: undefined };
  return put({ ...known, result, tookMs: atMs - known.beganMs, cause: cause.text }, "done");
}

const results: Readonly<Partial<Record<Transition["to"], FollowingStep["result"]>>> = {
  ready: "ready",
  degraded: "degraded",
  failed: "failed",
  givenUp: "failed",
  stopped: "failed",
};

/** A step as a command answers it. */
export function followingStep({
  service,
  action,
  because,
  tookMs,
  result,
  cause,
}: FollowingStep): CommandStep {
  return {
    ...{ service, action, because, tookMs, already: false },
    result: result ?? "not attempted",
    cause: result === "ready" ? undefined : cause,
  };
}
