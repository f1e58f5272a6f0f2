import type Docker from "dockerode";
import { removeLabelled } from "../engine-contents.ts";
import type { ProgramProject } from "../program-project.ts";
import { programProject } from "../program-project.ts";
import type { ShapeRun } from "./run.ts";
import { serviceEvents, startOf, withEvents } from "./run.ts";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";

const network = "phasegate-bench-bare";
const label = "phasegate.bench.bare";
const upArgs = ["up", "--yes", "--skip-preview"] as const;

/** A Pulumi program of the same containers and nothing else, and what it is configured with. */
export async function openBare(
  settings: { readonly shape: ShapeName; readonly lateMs: number; readonly image: string },
  signal: AbortSignal,
): Promise<ProgramProject> {
  const project = await programProject("bare", process.cwd(), "bench/shape/bare-program.ts", signal);
  await project.configure({ ...settings, network, label });
  return project;
}

/** One `pulumi up` of it, another one, and `pulumi destroy`. The network is there before, and is not measured. */
export async function measureBare(
  project: ProgramProject,
  docker: Docker,
  shape: ShapeName,
): Promise<ShapeRun> {
  await removeLabelled(docker, label);
  await docker.createNetwork({ Name: network, Labels: { [label]: "" } });
  try {
    const up = await withEvents(docker, label, () => project.pulumi(...upArgs));
    const { stdout } = await project.pulumi("stack", "output", "readyMs", "--json");
    const ready = JSON.parse(stdout) as Readonly<Record<string, number>>;
    const { tookMs: noChangeMs } = await project.pulumi(...upArgs);
    const events = serviceEvents(up.events, label, new Map(Object.entries(ready)));
    return { commandMs: up.result.tookMs, noChangeMs, ...startOf(shapeServices(shape), events) };
  } finally {
    await project.pulumi("destroy", "--yes", "--skip-preview");
    await removeLabelled(docker, label);
  }
}
