import type Docker from "dockerode";
import type { Bench } from "../benchmark.ts";
import { removeLabelled } from "../engine-contents.ts";
import type { Size } from "../big-declaration.ts";
import type { ProgramProject } from "../program-project.ts";
import { programProject } from "../program-project.ts";

/** The labels of all that a run makes on the engine. */
export const scaleLabel = "phasegate.declaration=big";

const noChange = ["--yes", "--skip-preview", "--expect-no-changes"] as const;

/** What commands take for a system of one size. Times in milliseconds, in the order in which they were measured. */
export interface SizeCost extends Size {
  /** A preview of a system that does not exist. */
  readonly previewMs: readonly number[];
  /** Nothing where only previews were measured. */
  readonly up: SizeUp | undefined;
}

export interface SizeUp {
  readonly fromNothingMs: number;
  readonly previewNoChangeMs: readonly number[];
  readonly upNoChangeMs: readonly number[];
  /** Pulumi's state, which it writes at the beginning and at the end of each operation. Bytes. */
  readonly stateBytes: number;
  /** What the coordinator takes of the memory when all is up, by the engine. Bytes. */
  readonly coordinatorBytes: number;
}

export interface GrowthOptions extends Bench {
  readonly runs: number;
  /** Whether it is brought up, too. */
  readonly up: boolean;
}

export const scaleProject = (signal: AbortSignal) =>
  programProject("big", process.cwd(), "bench/scale/program.ts", signal);

/** Previews a system, brings it up, and previews and brings it up once more where nothing is to be done. */
export async function measureSize(
  docker: Docker,
  size: Size,
  { runs, up, signal, say }: GrowthOptions,
): Promise<SizeCost> {
  const project = await scaleProject(signal);
  try {
    await project.configure({ ...size });
    const times = async (what: string, ...args: readonly string[]) => {
      const taken: number[] = [];
      for (let at = 0; at < runs; at++) {
        say(`${size.services} services in ${size.phases} phases: ${what}, ${at + 1} of ${runs}`);
        taken.push((await project.pulumi(...args)).tookMs);
      }
      return taken;
    };
    const previewMs = await times("preview of nothing", "preview");
    if (!up) return { ...size, previewMs, up: undefined };
    say(`${size.services} services in ${size.phases} phases: up`);
    const { tookMs: fromNothingMs } = await project.pulumi("up", "--yes", "--skip-preview");
    return {
      ...size,
      previewMs,
      up: {
        fromNothingMs,
        previewNoChangeMs: await times("preview without a change", "preview", "--expect-no-changes"),
        upNoChangeMs: await times("up without a change", "up", ...noChange),
        stateBytes: await stateBytes(project),
        coordinatorBytes: await coordinatorBytes(docker),
      },
    };
  } finally {
    await removeScale(docker, project);
  }
}

/** Takes away what a project has made on the engine, and the project: the state with it, so that nothing is to be destroyed. */
export async function removeScale(docker: Docker, project: ProgramProject): Promise<void> {
  await removeLabelled(docker, scaleLabel);
  project.remove();
}

async function stateBytes(project: ProgramProject): Promise<number> {
  const { stdout } = await project.pulumi("stack", "export");
  return JSON.stringify(JSON.parse(stdout)).length;
}

async function coordinatorBytes(docker: Docker): Promise<number> {
  const { memory_stats: memory } = await docker
    .getContainer("big-bench-coordinator")
    .stats({ stream: false });
  return memory.usage - (memory.stats?.["total_inactive_file"] ?? 0);
}
