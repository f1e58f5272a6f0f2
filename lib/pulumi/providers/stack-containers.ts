import type { dynamic } from "@pulumi/pulumi";
import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import { connectEngine, containerNames } from "../../engine/docker-engine.ts";
import { coordinatorName } from "../../model/check-declaration.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator, declareServices } from "./coordinators.ts";
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
}

/** These are inputs, too, since `check` makes them: a preview knows them, and shows how they change. */
export interface StackContainersOutputs extends StackContainersInputs {
  /** How often each container was created, as far as `up` knows: one more whenever it is not on the engine. */
  readonly creations: Readonly<Record<string, number>>;
}

const inputKeys = ["host", "names", "creations"];

/**
 * Looks which containers are on the engine. Pulumi does not: what was removed by hand is still in its state, and taken
 * for unchanged. A container whose number of creations has changed is replaced, which creates it again.
 */
export async function check(
  olds: Partial<StackContainersOutputs>,
  news: StackContainersInputs,
): Promise<dynamic.CheckResult> {
  declareServices(
    news.row,
    Object.keys(news.names).filter((service) => service !== coordinatorName),
  );
  const there = new Set(await shown(containerNames(news.host)));
  const creations = mapValues(news.names, (name, service) => {
    const before = olds.creations?.[service] ?? 0;
    return there.has(name) && before > 0 ? before : before + 1;
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
  const removed = Object.keys(olds.names).filter((service) => !(service in news.names));
  if (removed.length > 0) await letForget(removed, news);
  return { outs: news };
}

/** Connects to the coordinator, which forgets what has left the declaration: a phase that is gone has no gate to say so. */
async function letForget(
  services: readonly string[],
  { row, host, names }: StackContainersInputs,
): Promise<void> {
  const engine = connectEngine(host === undefined ? {} : { host });
  try {
    const container = await engine.inspect(names[coordinatorName] ?? "");
    // One that is not there is created, and does the same when it is connected to.
    if (container !== undefined) await coordinator({ row, coordinator: container.id, host });
  } catch (error) {
    rowNotice(row)(`the coordinator could not forget ${services.join(", ")}: ${errorText(error)}`);
  }
}

export async function diff(
  _id: string,
  olds: StackContainersOutputs,
  news: StackContainersOutputs,
): Promise<dynamic.DiffResult> {
  const missing = Object.keys(news.names).filter(
    (service) => service in olds.names && news.creations[service] !== olds.creations[service],
  );
  if (missing.length > 0) rowNotice(news.row)(missingText(missing));
  return { changes: changedInputs({ ...olds }, { ...news }, inputKeys).length > 0 };
}

function missingText(missing: readonly string[]): string {
  return missing.length === 1
    ? `the container of ${missing[0]} is not on the engine: it will be created`
    : `the containers of ${missing.slice(0, -1).join(", ")} and ${missing.at(-1)} are not on the engine: they will be created`;
}
