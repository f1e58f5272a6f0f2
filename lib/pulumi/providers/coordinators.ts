import type { ControlClient } from "../../control/client.ts";
import { connectCoordinator } from "../../control/client.ts";
import { connectEngine } from "../../engine/docker-engine.ts";

/**
 * One Node process serves all dynamic resources of an update, and its calls interleave: they share one
 * connection to each coordinator. A connection that has ended is made again by the next call.
 */
const connections = new Map<string, Promise<ControlClient>>();

/** The connection to the coordinator in a container. */
export function coordinator(container: string, host: string | undefined): Promise<ControlClient> {
  const known = connections.get(container);
  if (known) return known;
  const connection = connectCoordinator(connectEngine(host === undefined ? {} : { host }), container, {
    onEnd: () => connections.delete(container),
  });
  connections.set(container, connection);
  connection.catch(() => connections.delete(container));
  return connection;
}
