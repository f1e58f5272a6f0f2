import type { Clock, Random } from "../../core/clock.ts";
import { errorText, PhasegateError } from "../../core/errors.ts";
import type { Endpoint } from "../../model/endpoint.ts";
import type { Probe } from "../../model/probe.ts";
import type { Outcome } from "../../probe/outcome.ts";
import type { ContainerView } from "../../probe/probe-kind.ts";
import type { ReadinessWindow } from "../../readiness/start-pace.ts";
import type { Sighting } from "../../readiness/service-container.ts";
import { durationMs } from "../../core/duration.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";
import { triedOftenUntilMs } from "../../supervision/min-ready.ts";
import type { Platform } from "../../supervision/platform.ts";
import type { Act, ServiceRecord } from "../../supervision/service-record.ts";
import type { KeptSecrets } from "../../desired/desired-store.ts";
import type { Log } from "../log.ts";
import type { ServiceProbing, UntilListening } from "../probing/service-probing.ts";
import { serviceProbing } from "../probing/service-probing.ts";
import type { WaitingProbes } from "../probing/waiting-probes.ts";
import type { Redaction } from "../redaction.ts";
import { redactOutcome } from "../redaction.ts";
import type { Performed, ServiceActor } from "./service-actor.ts";
import { serviceActor } from "./service-actor.ts";

/** What a probe is run with; the real one is runProbe, tests have their own. */
export interface AttemptDependencies {
  readonly service: string;
  readonly endpoint: Endpoint | undefined;
  readonly secrets: Readonly<Record<string, string>>;
  readonly container: ContainerView;
  readonly signal: AbortSignal;
}
export type RunAttempt = (probe: Probe, dependencies: AttemptDependencies) => Promise<Outcome>;

/** What waits until something listens where a probe of a service asks; undefined where it does not ask over the network. */
export type Listening = (
  probe: Probe,
  service: string,
  endpoint: Endpoint | undefined,
) => UntilListening | undefined;

/** A service, with its actor and what that acts by. */
export interface SupervisedService {
  readonly actor: ServiceActor;
  readonly probing: ServiceProbing;
  /** The values of its secrets; "sealed" where they were kept, and are not to be had before an `up` gives them again. */
  secrets: KeptSecrets;
  attempt(probe: Probe, signal: AbortSignal): Promise<Outcome>;
}

/** What supervised services work with. */
export interface ServiceDependencies {
  readonly platform: Platform;
  readonly runAttempt: RunAttempt;
  /** What waits until something listens where a probe asks. Default: nothing does. */
  readonly listening?: Listening | undefined;
  /** What probes see of a workload. */
  readonly view: (workload: string) => ContainerView;
  /** Looks at a workload now, and says it to the service's actor. @throws PhasegateError when the platform does not answer */
  readonly look: (workload: string, signal: AbortSignal) => Promise<Exclude<Sighting, "unseen">>;
  readonly lookSoon: (workload: string) => void;
  /** When a service is likely to become ready, by its earlier starts. */
  readonly likelyReady: (desired: DesiredService) => ReadinessWindow | undefined;
  readonly waitingProbes: WaitingProbes;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly redaction: Redaction;
  /** Whether the restart that is to come waits, since the stack is left alone. */
  readonly waits: (record: ServiceRecord) => boolean;
  readonly keep: (record: ServiceRecord, secrets: KeptSecrets, waits: boolean) => void;
  readonly onChange: (before: ServiceRecord, after: ServiceRecord) => void;
  /** An attempt has come out; `after` is what was made of it. */
  readonly onAttempt: (probe: string, outcome: Outcome, after: ServiceRecord) => void;
}

/** The prober cannot run: that says nothing about the service. */
const withoutSecrets: Outcome = {
  status: "unknown",
  tookMs: 0,
  cause: {
    code: "prober",
    text: 'its secrets cannot be opened with this key: the next "up" of the stack gives them again',
    permanent: false,
  },
};

export function supervisedService(
  initial: ServiceRecord,
  initialSecrets: KeptSecrets,
  dependencies: ServiceDependencies,
): SupervisedService {
  const { platform, runAttempt, view, look, lookSoon, clock, random, log, redaction } = dependencies;
  const { redact } = redaction;

  const perform = async (
    { order, from }: Act,
    { workload, readiness }: DesiredService,
    signal: AbortSignal,
  ): Promise<Performed> => {
    const graceMs = durationMs(readiness.grace);
    try {
      if (order === "start") await platform.start(workload, signal);
      else if (order === "stop") await platform.stop(workload, { graceMs }, signal);
      else await platform.restart(workload, { graceMs, from }, signal);
      return { error: undefined, shown: await look(workload, signal) };
    } catch (error) {
      const silent =
        signal.aborted || (error instanceof PhasegateError && error.code === "PHASEGATE_ENGINE_UNREACHABLE");
      return { error: { text: redact(errorText(error)), silent } };
    }
  };

  const service: SupervisedService = {
    secrets: initialSecrets,
    attempt: async (probe, signal) => {
      const { desired } = actor.record();
      const { secrets } = service;
      if (secrets === "sealed") return withoutSecrets;
      return redactOutcome(
        await runAttempt(probe, {
          service: desired.service,
          endpoint: desired.readiness.endpoint,
          secrets,
          container: view(desired.workload),
          signal,
        }),
        redact,
      );
    },
    probing: serviceProbing({
      attempt: (probe, signal) => service.attempt(probe, signal),
      report: (key, probe, outcome, beganMs) => {
        actor.send({ type: "attempted", key, probe, outcome, beganMs });
        const known = actor.record().probes.find(({ name }) => name === probe);
        const passing = known?.passing === true;
        dependencies.onAttempt(probe, outcome, actor.record());
        const oftenUntilMs = triedOftenUntilMs(actor.record(), probe);
        const undecided = (passing && known.failures > 0) || oftenUntilMs !== undefined;
        return { passing, undecided, oftenUntilMs };
      },
      startedMs: () => actor.record().startedMs,
      likely: () => dependencies.likelyReady(actor.record().desired),
      waiting: dependencies.waitingProbes,
      listening: (probe) => {
        const { service: name, readiness } = actor.record().desired;
        // What is no container may be far away, and is not to be connected to this often.
        return readiness.external ? undefined : dependencies.listening?.(probe, name, readiness.endpoint);
      },
      ...{ clock, random },
    }),
    get actor() {
      return actor;
    },
  };
  const actor: ServiceActor = serviceActor(initial, {
    clock,
    perform,
    look: () => lookSoon(actor.record().desired.workload),
    probe: service.probing.set,
    tryNow: service.probing.tryNow,
    tryAll: service.probing.askAll,
    waits: dependencies.waits,
    keep: (record, waits) => dependencies.keep(record, service.secrets, waits),
    onChange: dependencies.onChange,
    log,
  });
  return service;
}
