import type { History } from "../history/history.ts";
import type { Events, Method, Params, Request, Results } from "../model/control.ts";
import { controlProtocol } from "../model/control.ts";
import { handleFailure, oneAtATime } from "./cascade.ts";
import type { EdgeDependencies } from "./edges.ts";
import { validateEdges } from "./edges.ts";
import { proveGate } from "./gate.ts";
import { edgesRecord, gateRecord, reports, starts } from "./past.ts";
import type { Services } from "./services.ts";
import { staleness } from "./staleness.ts";
import { validate } from "./validate.ts";

/** Answers one request. The signal aborts when whoever asked has gone. */
export type Answer = (
  request: Request,
  onEvent: (event: Events[Method]) => void,
  signal: AbortSignal,
) => Promise<Results[Method]>;

/** The coordinator's answers to the control protocol's requests. */
export function requests(
  services: Services,
  history: History,
  { startedMs, ...dependencies }: EdgeDependencies & { readonly startedMs: number },
): Answer {
  const { clock } = dependencies;
  const answers: {
    readonly [M in Method]: (
      params: Params<M>,
      onEvent: (event: Events[M]) => void,
      signal: AbortSignal,
    ) => Promise<Results[M]>;
  } = {
    hello: async () => ({ protocol: controlProtocol, startedMs }),
    expect: async (params) => ({ specHash: services.expect(params) }),
    forget: async (params) => ({ services: services.forget(params.services) }),
    prove: async (params, onEvent, signal) => {
      services.keepOnly(params.phase, Object.keys(params.services));
      const verdict = await proveGate(services, clock, params, (text) => onEvent({ text }), signal);
      history.verdict(gateRecord(params.phase, verdict, clock.now()));
      return verdict;
    },
    staleness: (params) => staleness(services, params),
    validateEdges: async (params, onEvent, signal) => {
      const verdict = await validateEdges(dependencies, params, (text) => onEvent({ text }), signal);
      if (!verdict.proven) history.verdict(edgesRecord(params.phase, verdict, clock.now()));
      return verdict;
    },
    handleFailure: oneAtATime((params, onEvent, signal) =>
      handleFailure(services, clock, params, (text) => onEvent({ text }), signal),
    ),
    status: async () => ({ startedMs, services: services.statuses(), historyProblem: history.problem() }),
    validate: (params, onEvent, signal) => validate(services, params, onEvent, signal),
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
