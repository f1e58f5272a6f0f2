import { connectEngine } from "../../engine/docker-engine.ts";
import { networksOf } from "../../engine/networks.ts";
import { startNewContainer } from "./start-container.ts";

/** A container that may start as soon as it is created and on its networks. */
export interface StartedAtCreation {
  readonly service: string;
  /** The names of its networks on the engine. */
  readonly networks: readonly string[];
}

/** The stack's coordinator, without which nobody would probe what runs. */
export interface ProbingCoordinator {
  /** The name of its container. */
  readonly container: string;
  /** Whether that is on the engine already. Never rejects. */
  readonly isThere: Promise<boolean>;
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
 * that much earlier the container runs. Nothing starts before the coordinator's container exists, whose image may still have to be
 * built: a service that nobody probes would become ready at a time that nobody knows, and its budget would mean nothing.
 * Resolves when creations are seen, or cannot be.
 * @param containers by the containers' names
 */
export async function startAtCreation(
  containers: Readonly<Record<string, StartedAtCreation>>,
  coordinator: ProbingCoordinator,
  host: string | undefined,
): Promise<void> {
  watch.abort();
  watch = new AbortController();
  if (Object.keys(containers).length === 0) return;
  const { signal } = watch;
  const opened = Promise.withResolvers<void>();
  const probed = Promise.withResolvers<boolean>();
  const found = (isThere: boolean) => isThere && probed.resolve(true);
  void coordinator.isThere.then(found);
  const follow = async () => {
    const events = connectEngine({ host }).events({}, signal, undefined, () => opened.resolve());
    for await (const { action, id, labels } of events) {
      if (action !== "create") continue;
      const name = labels["name"] ?? "";
      found(name === coordinator.container);
      const container = containers[name];
      if (container === undefined) continue;
      const start = probed.promise.then((isProbed) => isProbed && startOnceConnected(id, container, host));
      starts.set(id, start);
      // Who asks for it is told; after a Ctrl-C nobody asks.
      start.catch(() => undefined);
    }
  };
  // Without events nothing is started early, and ServiceReadiness starts all: it says what is the matter with the engine.
  void follow()
    .catch(() => undefined)
    .finally(() => {
      probed.resolve(false);
      opened.resolve();
    });
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
