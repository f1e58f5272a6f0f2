import type { dynamic } from "@pulumi/pulumi";
import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import { connectEngine, containerNames } from "../../engine/docker-engine.ts";
import type { DriftReport } from "../../model/control-answers.ts";
import { coordinatorName } from "../../model/check-declaration.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator, coordinatorAsItIs } from "./coordinators.ts";
import { rowNotice } from "./row-progress.ts";
import { shown } from "./shown.ts";

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
 * Looks which containers are on the engine. Pulumi does not: what was removed by hand is still in its state, and taken
 * for unchanged. A container whose number of creations has changed is replaced, which creates it again.
 */
export async function check(
  olds: Partial<StackContainersOutputs>,
  news: StackContainersInputs,
): Promise<dynamic.CheckResult> {
  const there = new Set(await shown(containerNames(news.host)));
  const creations = mapValues(news.names, (name, service) => {
    const before = olds.creations?.[service] ?? 0;
    return there.has(name) && before > 0 && lostLimits(olds, news, service).length === 0
      ? before
      : before + 1;
  });
  return { inputs: { ...news, creations } };
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
    const engine = connectEngine(host === undefined ? {} : { host });
    const container = await engine.inspect(names[coordinatorName] ?? "");
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
  const missing = Object.keys(news.names).filter(
    (service) =>
      service in olds.names &&
      news.creations[service] !== olds.creations[service] &&
      lostLimits(olds, news, service).length === 0,
  );
  if (missing.length > 0) rowNotice(news.row)(missingText(missing));
  for (const { text, command } of await driftOf(news)) rowNotice(news.row)(`${text}. "${command}" mends it.`);
  const left = leftServices(olds, news).length > 0;
  return { changes: left || changedInputs({ ...olds }, { ...news }, inputKeys).length > 0 };
}

/**
 * What else somebody has changed on the engine, as the coordinator says; what is gone is found here. Where it does not answer, the
 * services say what is the matter with it.
 */
async function driftOf({ row, host, names }: StackContainersInputs): Promise<readonly DriftReport[]> {
  try {
    const engine = connectEngine(host === undefined ? {} : { host });
    const container = await engine.inspect(names[coordinatorName] ?? "");
    if (container?.running !== true) return [];
    const client = await coordinatorAsItIs({ row, coordinator: container.id, host });
    return (await client.call("status", {})).drift.filter(({ kind }) => kind !== "gone");
  } catch {
    return [];
  }
}

function missingText(missing: readonly string[]): string {
  return missing.length === 1
    ? `the container of ${missing[0]} is not on the engine: it will be created`
    : `the containers of ${missing.slice(0, -1).join(", ")} and ${missing.at(-1)} are not on the engine: they will be created`;
}
