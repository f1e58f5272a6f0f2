import type Docker from "dockerode";
import { connectStack } from "../../lib/control/running-stack.ts";
import { removeLabelled } from "../engine-contents.ts";
import type { ProgramProject } from "../program-project.ts";
import type { EngineEvent, ServiceEvents, ShapeRun } from "./run.ts";
import { serviceEvents, startOf, withEvents } from "./run.ts";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";

const label = "phasegate.declaration=shape";
const serviceLabel = "phasegate.service";
const upArgs = ["up", "--yes", "--skip-preview"] as const;

export const removeShape = (docker: Docker) => removeLabelled(docker, label);

/** Takes away what the run before has left, on the engine and in the state. */
export async function resetPhasegate(project: ProgramProject, docker: Docker): Promise<void> {
  await project.pulumi("destroy", "--yes", "--skip-preview");
  await removeShape(docker);
}

/** One `pulumi up` of the shape, and another one. The image is built already: {@link imageOf} has it. */
export async function measurePhasegate(
  project: ProgramProject,
  docker: Docker,
  shape: ShapeName,
): Promise<ShapeRun> {
  const up = await withEvents(docker, label, () => project.pulumi(...upArgs));
  const commandMs = up.result.tookMs;
  const events = await readinessEvents("shape-bench", up.events);
  const { tookMs: noChangeMs } = await project.pulumi(...upArgs);
  return { commandMs, noChangeMs, ...startOf(shapeServices(shape), events) };
}

/**
 * What became of each service of a stack in its start: its events on the engine, and when the coordinator has known it to be ready. Its
 * container's clock is the engine's.
 * @param stack with its declaration's name: "shape-bench"
 */
export async function readinessEvents(
  stack: string,
  events: readonly EngineEvent[],
): Promise<ReadonlyMap<string, ServiceEvents>> {
  const { coordinator } = await connectStack(stack);
  try {
    const { services } = await coordinator.call("status", {});
    const readyMs = new Map(services.map(({ service, readyMs: atMs = NaN }) => [service, atMs]));
    return serviceEvents(events, serviceLabel, readyMs);
  } finally {
    coordinator.close();
  }
}

/** The image that all services of the shape run. */
export async function imageOf(docker: Docker): Promise<string> {
  const containers = await docker.listContainers({ all: true, filters: { label: [label] } });
  const found = containers.find(({ Labels }) => Labels[serviceLabel]?.startsWith("step-"));
  if (found === undefined) throw new Error("no service of the shape has a container");
  return found.Image;
}
