import type { dynamic } from "@pulumi/pulumi";
import { PhasegateError } from "../../core/errors.ts";
import {
  containersOn,
  createNetwork,
  listNetworks,
  removeNetwork,
  type Network,
} from "../../engine/networks.ts";
import { countsContainers } from "../../engine/network-in-use.ts";
import { changedInputs } from "./changed-inputs.ts";
import { rowNotice } from "./row-progress.ts";
import { shown } from "./shown.ts";

/** The inputs of the resource StackNetwork. */
export interface StackNetworkInputs {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
  /** On the engine. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** As with StackContainers, `check` makes what is added: a preview knows it. */
export interface StackNetworkOutputs extends StackNetworkInputs {
  /** How often it was created: once more whenever it is not on the engine. */
  readonly creations: number;
}

const inputKeys = ["host", "name", "labels", "creations"];

/** Looks whether the network is on the engine. One that was removed by hand is replaced, and with it what was on it. */
export async function check(
  olds: Partial<StackNetworkOutputs>,
  news: StackNetworkInputs,
): Promise<dynamic.CheckResult> {
  const before = olds.creations ?? 0;
  const isThere = before > 0 && (await shown(ownNetwork(news))) !== undefined;
  return { inputs: { ...news, creations: isThere ? before : before + 1 } };
}

/**
 * Creates the network, or takes the stack's own that is there already: an `up` that was killed may have made it.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED when somebody else's has the name
 */
export async function create(inputs: StackNetworkOutputs): Promise<dynamic.CreateResult> {
  const { host, name, labels } = inputs;
  const id = await shown(
    ownNetwork(inputs).then((network) => network?.id ?? createNetwork(host, name, labels)),
  );
  return { id, outs: inputs };
}

export async function diff(
  _id: string,
  olds: StackNetworkOutputs,
  news: StackNetworkOutputs,
): Promise<dynamic.DiffResult> {
  const replaces = changedInputs({ ...olds }, { ...news }, inputKeys);
  if (replaces.includes("creations"))
    rowNotice(news.row)(`the network ${news.name} is not on the engine: it will be created`);
  return { changes: replaces.length > 0, replaces, deleteBeforeReplace: true };
}

/**
 * Removes the network.
 * @throws PhasegateError PHASEGATE_ENGINE_REFUSED with the containers that are still on it, or with what to do where the engine has
 * miscounted them: Docker 20.10 now and then does, where many are removed at once
 */
export async function remove(id: string, { host, name }: StackNetworkOutputs): Promise<void> {
  const work = removeNetwork(host, id).catch(async (error: unknown) => {
    const names = await containersOn(host, id);
    if (names.length === 0) throw countsContainers(error) ? miscounted(name, error) : error;
    const command = `docker network disconnect -f ${name} ${names[0]}`;
    throw new PhasegateError(
      "PHASEGATE_ENGINE_REFUSED",
      `the network ${name} cannot be removed while containers that are not the stack's are on it: ${names.join(", ")}. "${command}" takes one off it`,
      { cause: error },
    );
  });
  await shown(work);
}

function miscounted(name: string, cause: unknown): PhasegateError {
  return new PhasegateError(
    "PHASEGATE_ENGINE_REFUSED",
    `the network ${name} cannot be removed: the engine counts containers on it, and there are none. Restart the engine to make it count again; then the same command continues`,
    { cause },
  );
}

/** The network of the name, where the stack has made it. A name may belong to somebody else's network: labels decide. */
async function ownNetwork({ host, name, labels }: StackNetworkInputs): Promise<Network | undefined> {
  const stack = Object.entries(labels).filter(([label]) => stackLabels.includes(label));
  const networks = await listNetworks(host);
  return networks.find(
    (network) => network.name === name && stack.every(([label, value]) => network.labels[label] === value),
  );
}

const stackLabels = ["phasegate.declaration", "phasegate.stack"];
