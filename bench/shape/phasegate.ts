import type Docker from "dockerode";
import { connectStack } from "../../lib/control/running-stack.ts";
import { removeLabelled } from "../engine-contents.ts";
import type { ProgramProject } from "../program-project.ts";
import type { ServiceEvents, ShapeRun } from "./run.ts";
import { startOf, withEvents } from "./run.ts";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";

const label = "phasegate.declaration=shape";
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
  const created = up.events.filter(({ action }) => action === "create");
  const ready = await readyTimes();
  const events = new Map<string, ServiceEvents>(
    created.flatMap(({ attributes, atMs }) => {
      const service = attributes["phasegate.service"] ?? "";
      const readyMs = ready.get(service);
      return readyMs === undefined ? [] : [[service, { createdMs: atMs, readyMs }] as const];
    }),
  );
  const { tookMs: noChangeMs } = await project.pulumi(...upArgs);
  return { commandMs, noChangeMs, ...startOf(shapeServices(shape), events) };
}

/** When the coordinator has known each service to be ready: its container's clock is the engine's. */
async function readyTimes(): Promise<ReadonlyMap<string, number>> {
  const { coordinator } = await connectStack("shape-bench");
  try {
    const { services } = await coordinator.call("status", {});
    return new Map(services.map(({ service, readyMs = NaN }) => [service, readyMs]));
  } finally {
    coordinator.close();
  }
}

/** The image that all services of the shape run. */
export async function imageOf(docker: Docker): Promise<string> {
  const containers = await docker.listContainers({ all: true, filters: { label: [label] } });
  const found = containers.find(({ Labels }) => Labels["phasegate.service"]?.startsWith("step-"));
  if (found === undefined) throw new Error("no service of the shape has a container");
  return found.Image;
}
