import type { ControlClient } from "../../control/client.ts";
import { connectCoordinator } from "../../control/client.ts";
import { connectEngine } from "../../engine/docker-engine.ts";
import { untilInterrupted } from "./interruption.ts";
import { stackOf } from "./row.ts";

/** Where a resource finds its coordinator. */
export interface CoordinatorPlace {
  /** The resource's own URN: it names the stack. */
  readonly row: string;
  /** The id of the coordinator's container. */
  readonly coordinator: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
}

/**
 * One Node process serves all dynamic resources of an update, and its calls interleave: they share one
 * connection to each coordinator. A connection that has ended is made again by the next call.
 */
const connections = new Map<string, Promise<ControlClient>>();
/** Why the last connection could not be made. Until one is made with a start, nothing else is tried. */
const unreachable = new Map<string, unknown>();

/** The connection to the coordinator in a container, which is started if it is stopped: for work. */
export function coordinator(place: CoordinatorPlace): Promise<ControlClient> {
  const known = unreachable.has(place.coordinator) ? undefined : connections.get(place.coordinator);
  return known ?? connect(place, true);
}

/** The connection to the coordinator in a container, as it is: for a question, which changes nothing. */
export async function coordinatorAsItIs(place: CoordinatorPlace): Promise<ControlClient> {
  if (unreachable.has(place.coordinator)) throw unreachable.get(place.coordinator);
  return connections.get(place.coordinator) ?? connect(place, false);
}

function connect(
  { row, coordinator: container, host }: CoordinatorPlace,
  start: boolean,
): Promise<ControlClient> {
  const engine = connectEngine(host === undefined ? {} : { host });
  const connection = untilInterrupted(
    connectCoordinator(engine, container, {
      start,
      stack: stackOf(row),
      onEnd: () => forget(),
    }),
    () => "the coordinator was being waited for",
  );
  const forget = () => {
    if (connections.get(container) === connection) connections.delete(container);
  };
  connections.set(container, connection);
  connection.then(
    () => unreachable.delete(container),
    (error: unknown) => {
      forget();
      unreachable.set(container, error);
    },
  );
  return connection;
}
