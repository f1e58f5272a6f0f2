import { connectEngine } from "../../engine/docker-engine.ts";
import { networksOf } from "../../engine/networks.ts";
import { startNewContainer } from "./start-container.ts";

/** A container that may start as soon as it is created and on its networks. */
export interface StartedAtCreation {
  readonly service: string;
  /** The names of its networks on the engine. */
  readonly networks: readonly string[];
}

/** The starts by container id: true once it runs, false where that is left to who asks. */
const starts = new Map<string, Promise<boolean>>();

let watch = new AbortController();

/** @pulumi/docker connects a container some milliseconds after it has created it; on a busy machine, some hundreds. */
const connectedWithinMs = 5000;
const firstWaitMs = 5;
const longestWaitMs = 100;

/**
 * Starts each of these containers when Pulumi's docker provider has created it and connected it to its networks. The provider goes on
 * describing a container for a tenth of a second then, and another twentieth passes until ServiceReadiness is created and starts it:
 * that much earlier the container runs. Resolves when creations are seen, or cannot be.
 * @param containers by the containers' names
 */
export async function startAtCreation(
  containers: Readonly<Record<string, StartedAtCreation>>,
  host: string | undefined,
): Promise<void> {
  watch.abort();
  watch = new AbortController();
  if (Object.keys(containers).length === 0) return;
  const { signal } = watch;
  const opened = Promise.withResolvers<void>();
  const follow = async () => {
    const events = connectEngine({ host }).events({}, signal, undefined, () => opened.resolve());
    for await (const { action, id, labels } of events) {
      const container = containers[labels["name"] ?? ""];
      if (action !== "create" || container === undefined) continue;
      const start = startOnceConnected(id, container, host);
      starts.set(id, start);
      // Who asks for it is told; after a Ctrl-C nobody asks.
      start.catch(() => undefined);
    }
  };
  // Without events nothing is started early, and ServiceReadiness starts all: it says what is the matter with the engine.
  void follow()
    .catch(() => undefined)
    .finally(() => opened.resolve());
  await opened.promise;
}

/**
 * Whether a container was started at its creation. Waits for that start where it is under way.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED, PHASEGATE_PORT_TAKEN
 */
export async function wasStartedAtCreation(id: string): Promise<boolean> {
  return (await starts.get(id)) ?? false;
}

async function startOnceConnected(
  id: string,
  { service, networks }: StartedAtCreation,
  host: string | undefined,
): Promise<boolean> {
  const untilMs = performance.now() + connectedWithinMs;
  let waitMs = firstWaitMs;
  while (performance.now() < untilMs) {
    const on = await networksOf(host, id);
    if (on === undefined) return false;
    if (on.length === networks.length && networks.every((network) => on.includes(network))) {
      await startNewContainer(service, id, host);
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(1.5 * waitMs, longestWaitMs);
  }
  return false;
}
