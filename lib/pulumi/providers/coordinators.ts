import type { ControlClient } from "../../control/client.ts";
import { connectCoordinator } from "../../control/client.ts";
import { connectEngine } from "../../engine/docker-engine.ts";
import { untilInterrupted } from "./interruption.ts";
import { endWithPulumi } from "./pulumi-process.ts";
import { stackOf } from "./row.ts";

endWithPulumi();

/** Where a resource finds its coordinator. */
export interface CoordinatorPlace {
  /** The resource's own URN: it names the stack. */
  readonly row: string;
  /** The id of the coordinator's container. */
  readonly coordinator: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
}

interface Connection {
  readonly client: Promise<ControlClient>;
  /** Whether the coordinator was started for it where it was stopped. */
  readonly started: boolean;
}

/**
 * One Node process serves all dynamic resources of an update, and its calls interleave: they share one
 * connection to each coordinator. A connection that has ended is made again by the next call.
 */
const connections = new Map<string, Connection>();
/** Why a coordinator could not be asked as it is. It is not tried again before there is work for it. */
const unreachable = new Map<string, unknown>();

/** The connection to the coordinator in a container, which is started if it is stopped: for work. */
export async function coordinator(place: CoordinatorPlace): Promise<ControlClient> {
  const known = connections.get(place.coordinator);
  if (known?.started === false) await known.client.catch(() => undefined);
  const client = await (connections.get(place.coordinator) ?? connect(place, true)).client;
  await deploying(client);
  return client;
}

/** The connection to the coordinator in a container, as it is: for a question, which changes nothing. */
export async function coordinatorAsItIs(place: CoordinatorPlace): Promise<ControlClient> {
  if (unreachable.has(place.coordinator)) throw unreachable.get(place.coordinator);
  return (connections.get(place.coordinator) ?? connect(place, false)).client;
}

function connect({ row, coordinator: container, host }: CoordinatorPlace, start: boolean): Connection {
  unreachable.delete(container);
  const engine = connectEngine({ host });
  const forget = () => {
    if (connections.get(container) === connection) connections.delete(container);
  };
  const connecting = connectCoordinator(engine, container, { start, stack: stackOf(row), onEnd: forget });
  const client = untilInterrupted(connecting, () => "the coordinator was being connected to");
  const connection = { client, started: start };
  connections.set(container, connection);
  client.catch((error: unknown) => {
    forget();
    if (!start) unreachable.set(container, error);
  });
  return connection;
}

const deployments = new WeakMap<ControlClient, Promise<unknown>>();

/** Says once on a connection that an `up` is at work on it: what it replaces is no failure. */
async function deploying(client: ControlClient): Promise<void> {
  const begun = deployments.get(client) ?? client.call("deploy", {});
  deployments.set(client, begun);
  await begun;
}
