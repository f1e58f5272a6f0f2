import type Docker from "dockerode";
import { removeLabelled } from "../engine-contents.ts";
import type { ProgramProject } from "../program-project.ts";
import type { Start } from "./observe.ts";
import { observe } from "./observe.ts";
import type { Draws, Variant } from "./systems.ts";
import { systemNames } from "./systems.ts";
import { clientOf } from "./systems.ts";

const label = "phasegate.declaration=early";
const serviceLabel = "phasegate.service";

export const removeEarly = (docker: Docker) => removeLabelled(docker, label);

/** One `pulumi up` of the systems from nothing. */
export async function startByPhasegate(
  project: ProgramProject,
  docker: Docker,
  draws: Draws,
  variant: Variant,
  signal: AbortSignal,
): Promise<Start> {
  await project.configure({ draws: JSON.stringify(draws), variant: JSON.stringify(variant) });
  const { tookMs: commandMs } = await project.pulumi("up", "--yes", "--skip-preview");
  return { commandMs, pairs: await observe(docker, { label, serviceLabel, begins: "created" }, signal) };
}

/** Takes away what a start has left, on the engine and in the state. */
export async function resetPhasegate(project: ProgramProject, docker: Docker): Promise<void> {
  await project.pulumi("destroy", "--yes", "--skip-preview");
  await removeEarly(docker);
}

/** The image that each service runs. */
export async function imagesOf(docker: Docker): Promise<Readonly<Record<string, string>>> {
  const containers = await docker.listContainers({ all: true, filters: { label: [label] } });
  const services = new Set<string>([...systemNames, ...systemNames.map(clientOf)]);
  return Object.fromEntries(
    containers
      .map(({ Labels, Image }) => [Labels[serviceLabel] ?? "", Image] as const)
      .filter(([service]) => services.has(service)),
  );
}
