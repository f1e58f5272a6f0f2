import type { Clock } from "../../core/clock.ts";
import type { History } from "../../history/history.ts";
import type { Method, Params, Request } from "../../model/control.ts";
import type { Events, Results } from "../../model/control-answers.ts";
import { controlProtocol } from "../../model/control.ts";
import type { EdgeDependencies } from "../probing/edges.ts";
import { validateEdges } from "../probing/edges.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import { statusOf } from "../supervisor/status-of.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { runCommand } from "./commands.ts";
import { applicationOf } from "./application.ts";
import type { GateDependencies } from "./gate.ts";
import { awaitGate } from "./gate.ts";
import { handleFailure } from "./handle-failure.ts";
import type { Hold } from "./hold.ts";
import { edgesRecord, gateRecord, incidents, reports, starts } from "./past.ts";
import { staleness } from "./staleness.ts";
import { followTransitions } from "./follow-transitions.ts";
import { validate } from "./validate.ts";

/** Answers one request. The signal aborts when whoever asked has gone. */
export type Answer = (
  request: Request,
  onEvent: (event: Events[Method]) => void,
  signal: AbortSignal,
) => Promise<Results[Method]>;

/** What requests are answered with. */
export interface RequestDependencies extends EdgeDependencies, GateDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly history: History;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly startedMs: number;
  /** What is the matter with what the coordinator keeps, a sentence each. */
  readonly problems: () => readonly string[];
}

/** The coordinator's answers to the control protocol's requests. */
export function requests(dependencies: RequestDependencies): Answer {
  const { supervisor, stream, history, hold, clock, startedMs, problems } = dependencies;
  const answers: {
    readonly [M in Method]: (
      params: Params<M>,
      onEvent: (event: Events[M]) => void,
      signal: AbortSignal,
    ) => Promise<Results[M]>;
  } = {
    hello: async () => ({ protocol: controlProtocol, startedMs }),
    deploy: async ({ services }, _onEvent, signal) => {
      const end = supervisor.deploy();
      // It ends with the connection: an `up` that is killed holds nothing back.
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      const gone = [...supervisor.records().keys()].filter((name) => services?.includes(name) === false);
      return { services: supervisor.forget(gone) };
    },
    apply: async (params) => {
      supervisor.apply(applicationOf(params));
      return {};
    },
    awaitGate: async (params, onEvent, signal) => {
      const verdict = await awaitGate(dependencies, params, (text) => onEvent({ text }), signal);
      history.verdict(gateRecord(params.phase, verdict, clock.now()));
      return verdict;
    },
    staleness: (params) => staleness(supervisor, params),
    validateEdges: async (params, onEvent, signal) => {
      const verdict = await validateEdges(dependencies, params, (text) => onEvent({ text }), signal);
      if (!verdict.proven) history.verdict(edgesRecord(params.phase, verdict, clock.now()));
      return verdict;
    },
    handleFailure: (params, onEvent, signal) =>
      handleFailure(dependencies, params, (text) => onEvent({ text }), signal),
    command: async (params, onEvent, signal) => ({
      steps: await runCommand(dependencies, params, (text) => onEvent({ text }), signal),
    }),
    hold: async ({ forMs }) => ({ untilMs: hold.until(clock.now() + forMs) }),
    release: async () => ({ untilMs: hold.release() }),
    status: async () => ({
      startedMs,
      services: [...supervisor.records().values()].map(statusOf),
      heldUntilMs: hold.untilMs(),
      lastSeq: stream.lastSeq(),
      problems: problems(),
    }),
    events: (params, onEvent, signal) => followTransitions(stream, history, params, onEvent, signal),
    incidents: async (params) => incidents(history, params),
    validate: (params, onEvent, signal) => validate(supervisor, params, onEvent, signal),
    history: async (params) => starts(history, params),
    report: async (params) => reports(history, params),
  };
  return ({ id: _, method, ...params }, onEvent, signal) =>
    (answers[method] as (params: unknown, ...rest: unknown[]) => Promise<Results[Method]>)(
      params,
      onEvent,
      signal,
    );
}
