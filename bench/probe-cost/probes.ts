import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { connectStack } from "../../lib/control/running-stack.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import { removeLabelled } from "../engine-contents.ts";
import type { ProgramProject } from "../program-project.ts";
import type { Cost, Spent } from "./cost.ts";
import { costOfEach, spentFor } from "./cost.ts";
import { idle } from "./declaration.ts";
import { workingProcess } from "./engine-processes.ts";
import { kinds } from "./kinds.ts";
import { serviceNames } from "./services.ts";

const label = "phasegate.declaration=probes";
const serviceLabel = "phasegate.service";

export const removeProbes = (docker: Docker) => removeLabelled(docker, label);

/** What an attempt of a kind of probe costs. */
export interface ProbeCost extends Cost {
  readonly kind: string;
  readonly attempts: number;
}

export interface ProbeOptions {
  readonly project: ProgramProject;
  readonly docker: Docker;
  /** How many probes of the kind are run, each once a second. */
  readonly probes: number;
  readonly measureMs: number;
  readonly signal: AbortSignal;
}

/** After an `up`, until the coordinator has kept what it has to keep of it, and each probe has been run a few times. */
const warmUpMs = 4000;

/** What the coordinator and the engine use while nothing is probed. */
export async function idleCost(options: ProbeOptions): Promise<Spent> {
  const coordinator = await bringUp(idle, options);
  return await spentFor(options.measureMs, coordinator, options.signal);
}

/** @throws Error where one of the attempts has not passed: such a one may do less, or more */
export async function probeCost(kind: string, idleSpent: Spent, options: ProbeOptions): Promise<ProbeCost> {
  const { measureMs, signal } = options;
  const coordinator = await bringUp(kind, options);
  const service = kinds[kind]?.service ?? "";
  const { coordinator: client } = await connectStack("probes-bench");
  try {
    const before = await attemptsOf(client, kind, service);
    const spent = await spentFor(measureMs, coordinator, signal);
    const attempts = (await attemptsOf(client, kind, service)) - before;
    return { kind, attempts, ...costOfEach(spent, idleSpent, attempts) };
  } finally {
    client.close();
  }
}

/** Answers with the process of the coordinator. */
async function bringUp(measured: string, { project, docker, probes, signal }: ProbeOptions): Promise<number> {
  await project.configure({ measured, probes });
  await project.pulumi("up", "--yes", "--skip-preview");
  await sleep(warmUpMs, undefined, { signal });
  const filters = { label: [label, `${serviceLabel}=coordinator`] };
  const [container] = await docker.listContainers({ filters });
  if (container === undefined) throw new Error("the stack has no coordinator");
  const { Pid } = (await docker.getContainer(container.Id).inspect()).State;
  return workingProcess(Pid);
}

async function attemptsOf(client: ControlClient, kind: string, service: string): Promise<number> {
  const { services } = await client.call("status", {});
  const probes = services.find((one) => one.service === service)?.probes ?? [];
  const failing = probes.find(({ passing }) => !passing);
  if (failing !== undefined || probes.length === 0)
    throw new Error(
      `a probe of the kind ${kind} has not passed: ${failing?.lastCause?.text ?? "none is run"}`,
    );
  return probes.reduce((sum, { attempts }) => sum + attempts, 0);
}

/** The image that each service runs. */
export async function imagesOf(docker: Docker): Promise<Readonly<Record<string, string>>> {
  const containers = await docker.listContainers({ filters: { label: [label] } });
  const named = new Set<string>(serviceNames);
  return Object.fromEntries(
    containers
      .map(({ Labels, Image }) => [Labels[serviceLabel] ?? "", Image] as const)
      .filter(([service]) => named.has(service)),
  );
}
