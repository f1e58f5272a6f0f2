import type { Clock } from "../../core/clock.ts";
import { PhasegateError } from "../../core/errors.ts";
import type { ContainerEvent, ContainerState, ContainerSummary, Engine } from "../../engine/engine.ts";
import type { ListedWorkload, Platform, PlatformEvent, WorkloadRun } from "../../supervision/platform.ts";
import { ownOrders } from "./own-orders.ts";
import { platformEvents } from "./platform-events.ts";
import { restartOnce } from "./restart-once.ts";

export interface DockerPlatformDependencies {
  readonly engine: Engine;
  /** The labels that every container of the stack has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Takes secrets out of what the engine and the containers write. */
  readonly redact: (text: string) => string;
}

/** How long the engine may take for an order, beyond the grace, until what it reports is taken to be somebody else's. */
const ordersWithinMs = 30_000;

/** A stack's containers on a container engine, by their ids. What probers run in is no workload of a service. */
export function dockerPlatform({ engine, labels, clock, redact }: DockerPlatformDependencies): Platform {
  const own = ownOrders(clock);
  const stopSignals = new Map<string, number>();
  const perspective = { isOwn: own.covers, stopSignal: (container: string) => stopSignals.get(container) };

  const toPlatform = (event: ContainerEvent): readonly PlatformEvent[] => {
    if (event.action === "destroy") stopSignals.delete(event.id);
    return isProber(event.labels) ? [] : platformEvents(event, perspective);
  };

  /** The engine's refusals may quote commands and values. */
  const redacted = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof PhasegateError)) throw error;
      throw new PhasegateError(error.code, redact(error.message), { cause: error });
    }
  };

  const observe: Platform["observe"] = async (container, signal) => {
    const state = await redacted(engine.inspect(container, signal));
    if (state === undefined) return "gone";
    stopSignals.set(state.id, state.stopSignal);
    return workloadRun(state, redact);
  };
  const start: Platform["start"] = (container, signal) => redacted(engine.start(container, signal));
  const stop: Platform["stop"] = (container, { graceMs }, signal) =>
    own.give(container, graceMs + ordersWithinMs, () => redacted(engine.stop(container, graceMs, signal)));

  return {
    observe,
    start,
    stop,
    restart: (container, order, signal) => restartOnce({ observe, start, stop }, container, order, signal),
    list: async (signal) => {
      const summaries = await redacted(engine.summaries(labels, signal));
      return summaries.filter((summary) => !isProber(summary.labels)).map(listed);
    },
    logs: async (container, tail, signal) =>
      (await redacted(engine.logs(container, tail, signal))).map(redact),
    events: async function* (sinceMs, signal, onOpen) {
      for await (const event of engine.events(labels, signal, sinceMs, onOpen)) yield* toPlatform(event);
    },
    past: async (sinceMs, signal) => {
      // Instants are whole milliseconds: what happened in this one is past, too.
      const between = { sinceMs, untilMs: Math.max(sinceMs, clock.now()) + 1 };
      return (await redacted(engine.pastEvents(labels, between, signal))).flatMap(toPlatform);
    },
  };
}

function isProber(labels: Readonly<Record<string, string>>): boolean {
  return labels["phasegate.prober"] !== undefined;
}

function workloadRun(state: ContainerState, redact: (text: string) => string): WorkloadRun {
  const { name, createdMs, startedMs, finishedMs, running, paused, exitCode, outOfMemory } = state;
  const { health, healthyMs, healthOutput, startError, limits, altered } = state;
  return {
    ...{ name, createdMs, startedMs, finishedMs, running, paused, exitCode, outOfMemory },
    ...{ health, healthyMs, healthOutput, startError: redact(startError), limits, altered },
  };
}

function listed({ id, name, labels, status, health, networks }: ContainerSummary): ListedWorkload {
  return {
    workload: id,
    name,
    running: status === "running" || status === "paused",
    labels,
    // Each run of a container has other places on its networks, also on those called "none" and "host".
    version: [status, health, ...Object.values(networks)].join(" "),
  };
}
