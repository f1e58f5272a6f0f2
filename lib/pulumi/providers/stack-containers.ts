import type { dynamic } from "@pulumi/pulumi";
import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import { containersThere } from "../../engine/containers-there.ts";
import { listNetworks } from "../../engine/networks.ts";
import { coordinatorName } from "../../model/coordinator-process.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinatorContainer } from "./coordinator-container.ts";
import { coordinator } from "./coordinators.ts";
import { tellDrift } from "./drift-notices.ts";
import { rowNotice } from "./row-progress.ts";
import { shown } from "./shown.ts";
import type { ProbingCoordinator, StartedAtCreation } from "./start-at-creation.ts";
import { startAtCreation } from "./start-at-creation.ts";

/** The inputs of the resource StackContainers. */
export interface StackContainersInputs {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
  /** The name on the engine of each container, by service. */
  readonly names: Readonly<Record<string, string>>;
  /** The limits of each container that the engine does not take away again, by service. Absent in state of earlier versions. */
  readonly limited?: Readonly<Record<string, readonly string[]>>;
  /** The networks of each container that starts as soon as it is created, by service. Absent in state of earlier versions. */
  readonly startedAtCreation?: Readonly<Record<string, readonly string[]>>;
}

/** These are inputs, too, since `check` makes them: a preview knows them, and shows how they change. */
export interface StackContainersOutputs extends StackContainersInputs {
  /** How often each container was created, as far as `up` knows: one more whenever it is not on the engine, or loses a limit. */
  readonly creations: Readonly<Record<string, number>>;
  /** The services that have left the declaration and that the coordinator could not forget: the next update tries again. */
  readonly unforgotten?: readonly string[];
}

const inputKeys = ["host", "names", "limited", "creations"];

/** The limits that are applied to a service's container and declared no more: in place they would stay. */
function lostLimits(
  { limited: before = {} }: Partial<StackContainersOutputs>,
  { limited: after = {} }: StackContainersInputs,
  service: string,
): readonly string[] {
  return (before[service] ?? []).filter((limit) => !after[service]?.includes(limit));
}

/**
 * Looks which containers are on the engine, and on networks that there are. Pulumi does not: what was removed by hand is still in its
 * state, and taken for unchanged. A container whose number of creations has changed is replaced, which creates it again.
 *
 * It is the first that an `up` asks, and no container is created before it has answered: from here on creations are watched. So they are
 * in a preview, which creates nothing.
 */
export async function check(
  olds: Partial<StackContainersOutputs>,
  news: StackContainersInputs,
): Promise<dynamic.CheckResult> {
  const found = containersThere(news.host);
  const [there, networks] = await shown(
    Promise.all([
      found,
      listNetworks(news.host),
      startAtCreation(startedOf(news), coordinatorOf(news, found), news.host),
    ]),
  );
  const networkIds = new Set(networks.map(({ id }) => id));
  const lost = {
    container: servicesOf(news, (name) => !there.some((one) => one.name === name)),
    // The engine removes a network that stopped containers are on, and does not start them then.
    network: servicesOf(news, (name) =>
      there.some((one) => one.name === name && one.networks.some((id) => id !== "" && !networkIds.has(id))),
    ),
    limits: servicesOf(news, (_name, service) => lostLimits(olds, news, service).length > 0),
  };
  const replaced = new Set(Object.values(lost).flat());
  const creations = mapValues(news.names, (_name, service) => {
    const before = olds.creations?.[service] ?? 0;
    return before > 0 && !replaced.has(service) ? before : before + 1;
  });
  const known = (services: readonly string[]) => services.filter((service) => service in (olds.names ?? {}));
  const notice = rowNotice(news.row);
  if (known(lost.container).length > 0) notice(missingText(known(lost.container)));
  if (known(lost.network).length > 0) notice(offNetworkText(known(lost.network)));
  return { inputs: { ...news, creations } };
}

function coordinatorOf(
  { names }: StackContainersInputs,
  found: ReturnType<typeof containersThere>,
): ProbingCoordinator {
  const container = names[coordinatorName] ?? "";
  const isThere = found.then(
    (there) => there.some(({ name }) => name === container),
    () => false, // The check itself fails with it.
  );
  return { container, isThere };
}

/** By the name that each container will have. */
function startedOf({
  names,
  startedAtCreation = {},
}: StackContainersInputs): Record<string, StartedAtCreation> {
  const started = Object.entries(startedAtCreation).map(
    ([service, networks]) => [names[service] ?? "", { service, networks }] as const,
  );
  return Object.fromEntries(started);
}

function servicesOf(
  { names }: StackContainersInputs,
  isLost: (name: string, service: string) => boolean,
): string[] {
  return Object.entries(names).flatMap(([service, name]) => (isLost(name, service) ? [service] : []));
}

export async function create(inputs: StackContainersOutputs): Promise<dynamic.CreateResult> {
  return { id: "containers", outs: inputs };
}

export async function update(
  _id: string,
  olds: StackContainersOutputs,
  news: StackContainersOutputs,
): Promise<dynamic.UpdateResult> {
  const left = leftServices(olds, news);
  const forgotten = left.length === 0 || (await forget(left, news));
  return { outs: forgotten ? news : { ...news, unforgotten: left } };
}

/** The services that the coordinator may know, and that are in the declaration no more. */
function leftServices(
  { names, unforgotten = [] }: StackContainersOutputs,
  news: StackContainersInputs,
): string[] {
  return [...Object.keys(names), ...unforgotten].filter((service) => !(service in news.names));
}

/**
 * Has the coordinator forget the services that have left the declaration: a phase that is gone has no gate to say so. One that is
 * stopped is started for it, since it has kept them on its volume. Whether it has forgotten them.
 */
async function forget(
  services: readonly string[],
  { row, host, names }: StackContainersInputs,
): Promise<boolean> {
  try {
    const container = await coordinatorContainer({ host, names });
    if (container === undefined) return false;
    const client = await coordinator({ row, coordinator: container.id, host });
    await client.call("forget", { services: [...services] });
    return true;
  } catch (error) {
    const again = "The next update tries again";
    rowNotice(row)(`the coordinator could not forget ${services.join(", ")}: ${errorText(error)}. ${again}.`);
    return false;
  }
}

export async function diff(
  _id: string,
  olds: StackContainersOutputs,
  news: StackContainersOutputs,
): Promise<dynamic.DiffResult> {
  tellDrift(news);
  const left = leftServices(olds, news).length > 0;
  return { changes: left || changedInputs({ ...olds }, { ...news }, inputKeys).length > 0 };
}

function missingText(services: readonly string[]): string {
  return services.length === 1
    ? `the container of ${services[0]} is not on the engine: it will be created`
    : `the containers of ${listed(services)} are not on the engine: they will be created`;
}

function offNetworkText(services: readonly string[]): string {
  return services.length === 1
    ? `a network of ${services[0]} is not on the engine any more: its container will be replaced`
    : `a network of ${listed(services)} is not on the engine any more: their containers will be replaced`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
