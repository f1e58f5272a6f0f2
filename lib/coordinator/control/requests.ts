import type { Clock } from "../../core/clock.ts";
import { PhasegateError } from "../../core/errors.ts";
import { instantText } from "../../core/instant.ts";
import type { History } from "../../history/history.ts";
import type { Method, Params } from "../../model/control.ts";
import type { DriftReport, Events, Held, Results } from "../../model/control-answers.ts";
import { controlProtocol } from "../../model/control.ts";
import { runsAtUp } from "../../model/job.ts";
import { stackCommand } from "../../model/stack-command.ts";
import type { AlertControl } from "../observers/alerts/alerts-observer.ts";
import type { EdgeDependencies } from "../probing/edges.ts";
import { validateEdges } from "../probing/edges.ts";
import type { TelemetrySettings } from "../observers/telemetry.ts";
import type { Deployments } from "../observers/deployments.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import { instancesNamed } from "../../supervision/command-order.ts";
import { inStartOrder } from "../../supervision/cascade-plan.ts";
import { statusOf } from "../supervisor/status-of.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Answer } from "./answer.ts";
import { runCommand } from "./commands.ts";
import { endOf, requireRunnable } from "./run-job.ts";
import { applicationOf } from "./application.ts";
import { alertFigures } from "./alert-figures.ts";
import { latenciesAnswer } from "./latencies-answer.ts";
import { figuresAnswer } from "./figures-answer.ts";
import type { GateDependencies } from "./gate.ts";
import { awaitGate } from "./gate.ts";
import { handleFailure } from "./handle-failure.ts";
import type { Hold } from "./hold.ts";
import { edgesRecord, gateRecord, incidents, reports, starts } from "./past.ts";
import { staleness } from "./staleness.ts";
import { tellingDeployments } from "./told-deployments.ts";
import { requireOwn, requireServices } from "./unknown-service.ts";
import { followTransitions } from "./follow-transitions.ts";
import { validate } from "./validate.ts";

export type { Answer };

/** What requests are answered with. */
export interface RequestDependencies extends EdgeDependencies, GateDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly history: History;
  readonly hold: Hold;
  readonly alerts: AlertControl;
  readonly telemetry: TelemetrySettings;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly deployments: Deployments;
  /** What is the matter with what the coordinator keeps, a sentence each. */
  readonly problems: () => readonly string[];
  /** What on the engine is not as it was applied. Never rejects. */
  readonly drift: () => Promise<readonly DriftReport[]>;
}

/** The coordinator's answers to the control protocol's requests. */
export function requests(dependencies: RequestDependencies): Answer {
  const { supervisor, stream, history, hold, alerts, clock, startedMs, problems, drift, stack, telemetry } =
    dependencies;
  const instances = (names: readonly string[]) => instancesNamed(supervisor.records(), names);
  /** The services of a name that stands for all where there is none. */
  const instancesOf = (name: string | undefined) => (name === undefined ? undefined : instances([name]));
  const known = (services: readonly string[]) => requireServices(supervisor, instances(services), stack);
  const answers: {
    readonly [M in Method]: (
      params: Params<M>,
      onEvent: (event: Events[M]) => boolean | void,
      signal: AbortSignal,
    ) => Promise<Results[M]>;
  } = {
    hello: async () => ({ protocol: controlProtocol, startedMs, telemetry: telemetry.hash() }),
    deploy: async (_params, _onEvent, signal) => {
      const end = supervisor.deploy();
      // It ends with the connection: an `up` that is killed holds nothing back.
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      return {};
    },
    configure: async (params) => {
      telemetry.apply(params.telemetry, params.secrets);
      return {};
    },
    forget: async (params) => ({ services: supervisor.forget(params.services) }),
    apply: async (params) => {
      supervisor.apply(applicationOf(params));
      return {};
    },
    awaitGate: async (params, onEvent, signal) => {
      const beganMs = clock.now();
      const verdict = await awaitGate(dependencies, params, (text) => onEvent({ text }), signal);
      history.verdict(gateRecord(params.phase, verdict, clock.now(), beganMs));
      return verdict;
    },
    staleness: (params) => staleness(supervisor, params),
    validateEdges: async (params, onEvent, signal) => {
      const verdict = await validateEdges(dependencies, params, (text) => onEvent({ text }), signal);
      if (!verdict.proven) history.verdict(edgesRecord(params.phase, verdict, clock.now()));
      return verdict;
    },
    handleFailure: async (params, onEvent, signal) => {
      requireServices(supervisor, [params.service], stack);
      requireReleased(hold.current(), params.service, stack);
      return handleFailure(dependencies, params, (text) => onEvent({ text }), signal);
    },
    command: async (params, onEvent, signal) => {
      known(params.services);
      requireOwn(supervisor, params.action, params.services);
      if (params.action !== "run") return runCommand(dependencies, params, onEvent, signal);
      requireRunnable(supervisor, instances(params.services), stack);
      const result = await runCommand(dependencies, params, onEvent, signal);
      const ended = await endOf(supervisor, result, params.services[0] ?? "", dependencies.describe);
      return { ...result, ...(ended && { ended }) };
    },
    hold: async ({ forMs, why }) => hold.begin(forMs, why),
    release: async () => ({ held: hold.release() }),
    status: async () => ({
      ...{ nowMs: clock.now(), startedMs },
      services: inStartOrder(supervisor.records()).map(([, record]) => statusOf(record)),
      held: hold.current(),
      incidents: stream.openIncidents(),
      lastSeq: stream.lastSeq(),
      drift: await drift(),
      problems: problems(),
    }),
    events: (params, onEvent, signal) => followTransitions(dependencies, params, onEvent, signal),
    incidents: async (params) => {
      const answer = incidents(history, { last: params.last, services: instancesOf(params.service) });
      // A service that has left the declaration still has a past.
      if (params.service !== undefined && answer.incidents.length === 0) known([params.service]);
      return answer;
    },
    alerts: async ({ last }) => alerts.alerts(last),
    testAlert: async ({ sink }) => ({ tests: await alerts.test(sink) }),
    silence: async ({ service, forMs, why }) => {
      known([service]);
      const [first] = instances([service]).map((one) => alerts.silence(one, forMs, why));
      if (first === undefined) throw new Error(`${service} was not checked`);
      return { ...first, service };
    },
    endSilence: async ({ service }) => {
      const [ended] = instances([service]).flatMap((one) => alerts.endSilence(one) ?? []);
      return { silence: ended && { ...ended, service } };
    },
    validate: async (params, onEvent, signal) => {
      known([params.service]);
      return validate(supervisor, params, onEvent, signal);
    },
    history: async ({ last, service }) => {
      const answer = starts(history, { last, services: instancesOf(service) });
      if (service !== undefined && answer.starts.length === 0) known([service]);
      return answer;
    },
    report: async (params) => reports(history, params),
    figures: async (params) => {
      const services = [...supervisor.records()].map(([name, { desired }]) => ({
        name,
        started: !desired.readiness.external && runsAtUp(desired),
        scheduled: desired.schedule !== undefined,
      }));
      const now = { services, startedMs, nowMs: clock.now(), alerts: alertFigures(alerts) };
      return figuresAnswer(history, params, now);
    },
    latencies: async (params) => {
      if (params.service !== undefined) known([params.service]);
      const own = instancesOf(params.service);
      const probed = inStartOrder(supervisor.records())
        .filter(([service]) => own === undefined || own.includes(service))
        .map(([service, { desired }]) => ({ service, probes: Object.keys(desired.readiness.probes) }));
      return latenciesAnswer(history, params, probed, clock.now());
    },
  };
  const answer: Answer = ({ id: _, method, ...params }, onEvent, signal) =>
    (answers[method] as (params: unknown, ...rest: unknown[]) => Promise<Results[Method]>)(
      params,
      onEvent,
      signal,
    );
  return tellingDeployments(answer, dependencies.deployments);
}

/** @throws PhasegateError PHASEGATE_CONTROL_REFUSED while the stack is held: nothing is begun then but by hand */
function requireReleased(held: Held | undefined, service: string, stack: string | undefined): void {
  if (held === undefined) return;
  const until = instantText(held.untilMs);
  throw new PhasegateError(
    "PHASEGATE_CONTROL_REFUSED",
    `${service} is not restarted: the stack is held until ${until}. "${stackCommand(stack, "npx phasegate release")}" ends that.`,
  );
}
