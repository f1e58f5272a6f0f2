import type { Clock, Random } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { ContainerEvent, Engine } from "../engine/engine.ts";
import { changesSince } from "../history/changes-since.ts";
import type { Recorder } from "../history/recorder.ts";
import type { Params } from "../model/control.ts";
import type { ServiceStatus } from "../model/status.ts";
import type { Probe } from "../model/probe.ts";
import { specHashOf } from "../model/spec-hash.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { ContainerView } from "../probe/probe-kind.ts";
import type { Changes } from "../readiness/changes.ts";
import { changes } from "../readiness/changes.ts";
import { upCommand } from "../model/stack-command.ts";
import type { Beginning } from "../readiness/prove-service.ts";
import { proveService } from "../readiness/prove-service.ts";
import type { ReadinessTracker } from "../readiness/readiness-tracker.ts";
import { readinessTracker } from "../readiness/readiness-tracker.ts";
import { containerView } from "./container-view.ts";
import { followService } from "./follow-service.ts";
import type { Log } from "./log.ts";
import type { Redaction } from "./redaction.ts";
import { redactOutcome } from "./redaction.ts";
import { rememberedSetup } from "./remembered-setup.ts";
import type { StartRecording } from "./start-recording.ts";
import { startRecording } from "./start-recording.ts";
import { listening, readsLog } from "./unended-lines.ts";
import type { WatchedContainer } from "./watched-container.ts";
import { watchedContainer } from "./watched-container.ts";

/** What a probe is run with; the real one is runProbe, tests have their own. */
export interface AttemptDependencies {
  readonly service: string;
  readonly endpoint: Params<"expect">["spec"]["endpoint"];
  readonly secrets: Readonly<Record<string, string>>;
  readonly container: ContainerView;
  readonly signal: AbortSignal;
}
export type RunAttempt = (probe: Probe, dependencies: AttemptDependencies) => Promise<Outcome>;

/** What the coordinator works with. */
export interface ServicesDependencies {
  readonly engine: Engine;
  readonly runAttempt: RunAttempt;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly redaction: Redaction;
  readonly recorder: Recorder;
  /** The stack's name, for the commands that messages suggest; undefined where it is not known. */
  readonly stack: string | undefined;
  /** When the coordinator's process began, milliseconds since the epoch. */
  readonly startedMs: number;
}

/** A service that something is expected of. */
export interface Entry {
  readonly tracker: ReadinessTracker;
  readonly container: WatchedContainer;
  /** The services that it calls, and what it does when one of them was restarted. */
  needs: Params<"expect">["needs"];
  /** Aborts when another readiness spec or container has taken this one's place, or the coordinator ends. */
  readonly replaced: AbortSignal;
  /** Whether a client has received the outcome of the current or the last verification, or has waited for it and left. */
  reported: boolean;
}

/** The services that the coordinator knows, in memory only. */
export interface Services {
  /** Any service has changed. */
  readonly changed: Changes;
  expect(params: Params<"expect">): string;
  /** @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN */
  entry(service: string, specHash?: string): Entry;
  find(service: string): Entry | undefined;
  /** Forgets the services of a phase but these: they are in the declaration no more. */
  keepOnly(phase: string, names: readonly string[]): void;
  /** Forgets these services, and says which of them it had known. */
  forget(names: readonly string[]): string[];
  /** Proves a service again from the beginning, its container started if it has ended. */
  proveAgain(entry: Entry): void;
  /** Proves a service on that was ready and is not any more: if it has ended, that counts as one more for the failure policy. */
  proveOn(entry: Entry): void;
  /** Restarts a service and proves it from the beginning. */
  restart(entry: Entry): void;
  /** In the order in which they are restarted. */
  inStartOrder(): readonly Entry[];
  statuses(): readonly ServiceStatus[];
  onEvent(event: ContainerEvent): void;
  refreshAll(): void;
  close(): void;
}

interface OwnEntry extends Entry {
  startIndex: number;
  readonly stop: AbortController;
  readonly recording: StartRecording;
  secrets: Readonly<Record<string, string>>;
}

export function services({
  engine: plainEngine,
  runAttempt,
  clock,
  random,
  log,
  redaction: { learn, redact },
  recorder,
  stack,
  startedMs,
}: ServicesDependencies): Services {
  const entries = new Map<string, OwnEntry>();
  const judged = new Map<string, string>();
  const changed = changes();
  const { engine, ...ears } = listening(plainEngine, { clock, random, log });

  function newEntry(params: Params<"expect">, specHash: string): OwnEntry {
    const { service, phase, container: containerId, again, spec, needs, startIndex, secrets } = params;
    const { keptPasswords = [] } = params;
    const stop = new AbortController();
    const { endpoint } = spec;
    const container = watchedContainer(engine, containerId, {
      redact,
      clock,
      random,
      log,
      signal: stop.signal,
      onChange: () => tracker.noticed(),
    });
    const view = containerView(engine, containerId, container.look);
    const attempt = async (probe: Probe, signal: AbortSignal): Promise<Outcome> =>
      redactOutcome(
        await runAttempt(probe, { service, endpoint, secrets: entry.secrets, container: view, signal }),
        redact,
      );
    const setup = rememberedSetup(engine, containerId, { fingerprint: recorder.fingerprint, log });
    const startedFrom = async () => ({ setup: await setup(), spec });
    const tracker = readinessTracker({
      service,
      phase,
      stack,
      keptPasswords,
      containerId,
      specHash,
      spec,
      container,
      attempt,
      lastGood: async () => changesSince(recorder.lastGood(service), await startedFrom()),
      clock,
      random,
    });
    const dependencies = { recorder, startedFrom, isNew: !again, watchingSinceMs: startedMs, judged };
    const entry: OwnEntry = {
      ...{ tracker, container, needs, startIndex, secrets, recording: startRecording(tracker, dependencies) },
      ...{ stop, replaced: stop.signal, reported: false },
    };
    return entry;
  }

  function begin(entry: OwnEntry, again: boolean, restartAfter?: readonly string[]): void {
    const { service, containerId, spec } = entry.tracker.subject;
    entry.reported = false;
    ears.listen(containerId);
    const verification = restartAfter ? restartAndProve(entry, restartAfter) : prove(entry, { again });
    const proven = verification.then(() => {
      // From here on nobody reads its log, and it may write a lot.
      const isReady = entry.tracker.state().state === "ready";
      if (isReady && !Object.values(spec.probes).some(readsLog)) ears.forget(containerId);
    });
    proven.catch((error: unknown) => {
      log("defect", {
        service,
        error: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      });
    });
  }

  function prove({ tracker, replaced }: OwnEntry, beginning: Beginning): Promise<void> {
    return proveService(tracker, beginning, replaced);
  }

  /** Restarts a service because of one that it needs, not before that one is ready again. */
  async function restartAndProve(entry: OwnEntry, after: readonly string[]): Promise<void> {
    const { tracker, replaced } = entry;
    const isReady = (name: string) => entries.get(name)?.tracker.state().state === "ready";
    if (!after.every(isReady))
      tracker.enter({ state: "pending", note: `to be restarted after ${after.join(", ")}` });
    while (!after.every(isReady) && !replaced.aborted) await changed.next(replaced);
    if (replaced.aborted) return;
    tracker.enter({ state: "pending", note: "being restarted" });
    log("restarting", { service: tracker.subject.service });
    await prove(entry, { again: true, restart: true });
  }

  function forget(names: readonly string[]): string[] {
    return names.flatMap((service) => {
      const entry = entries.get(service);
      if (entry === undefined) return [];
      entry.stop.abort();
      ears.forget(entry.tracker.subject.containerId);
      entries.delete(service);
      log("forgotten", { service, phase: entry.tracker.subject.phase });
      return [service];
    });
  }

  return {
    changed,
    expect: (params) => {
      const { service, container, needs, startIndex, secrets } = params;
      const specHash = specHashOf(params);
      learn(secrets);
      const known = entries.get(service);
      if (known?.tracker.subject.specHash === specHash) {
        // What failed with other secrets is no answer to the next question.
        if (Object.entries(secrets).some(([name, value]) => known.secrets[name] !== value))
          known.reported = true;
        Object.assign(known, { secrets, needs, startIndex });
        return specHash;
      }
      known?.stop.abort();
      if (known !== undefined && known.tracker.subject.containerId !== container)
        ears.forget(known.tracker.subject.containerId);
      const entry = newEntry(params, specHash);
      entries.set(service, entry);
      log("expecting", { service, phase: params.phase, container, specHash });
      void followService(entry, entry.recording, changed, log);
      entry.container.refresh();
      begin(entry, params.again, params.restartAfter);
      changed.notify();
      return specHash;
    },
    entry: (service, specHash) => {
      const entry = entries.get(service);
      if (entry === undefined)
        throw new PhasegateError(
          "PHASEGATE_SERVICE_UNKNOWN",
          `the coordinator does not know ${service}. ${upCommand(stack)} registers it.`,
        );
      if (specHash !== undefined && entry.tracker.subject.specHash !== specHash) {
        throw new PhasegateError(
          "PHASEGATE_SERVICE_UNKNOWN",
          `the coordinator knows another container or readiness spec of ${service}. Run ${upCommand(stack)} again.`,
        );
      }
      return entry;
    },
    find: (service) => entries.get(service),
    keepOnly: (phase, names) => {
      const own = [...entries.values()].map(({ tracker }) => tracker.subject);
      forget(
        own
          .filter((one) => one.phase === phase)
          .map(({ service }) => service)
          .filter((one) => !names.includes(one)),
      );
    },
    forget,
    proveAgain: (entry) => {
      entry.tracker.enter({ state: "pending" });
      entry.tracker.reset();
      begin(entry as OwnEntry, true);
    },
    proveOn: (entry) => {
      entry.tracker.enter({ state: "pending" });
      begin(entry as OwnEntry, false);
    },
    restart: (entry) => {
      entry.tracker.enter({ state: "pending" });
      entry.tracker.reset();
      begin(entry as OwnEntry, true, []);
    },
    inStartOrder: () => [...entries.values()].sort((a, b) => a.startIndex - b.startIndex),
    statuses: () => [...entries.values()].map(({ tracker }) => tracker.status()),
    onEvent: ({ id, action, labels }) => {
      // Before it is started: by the time that it is expected it may have written all that it ever writes.
      if (action === "create" && labels["phasegate.service"] !== undefined) ears.listen(id);
      if (action === "destroy") ears.forget(id);
      for (const { tracker, container } of entries.values())
        if (tracker.subject.containerId === id) container.refresh();
    },
    refreshAll: () => {
      for (const { container } of entries.values()) container.refresh();
    },
    close: () => {
      for (const { stop } of entries.values()) stop.abort();
      ears.close();
    },
  };
}
