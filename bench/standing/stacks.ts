/** Stacks that stay up while commands without anything to do are measured: netra and the chain, by phasegate and by compose. */
import { join } from "node:path";
import type Docker from "dockerode";
import type { ValidationLevel } from "../../lib/model/level.ts";
import type { Bench } from "../benchmark.ts";
import type { Finished } from "../command.ts";
import type { Compose } from "../compose.ts";
import type { ComposeProject } from "../compose-project.ts";
import { openComposeNetra } from "../netra/compose.ts";
import { imagesOf, removeStack, upArgs } from "../netra/phasegate.ts";
import type { Workspace } from "../netra/workspace.ts";
import { makeWorkspace, netraPlan } from "../netra/workspace.ts";
import { programProject } from "../program-project.ts";
import { openComposeShape } from "../shape/compose.ts";
import { imageOf, removeShape } from "../shape/phasegate.ts";

/** One system, as it stands under each contender. */
export interface StandingStack {
  readonly name: "netra" | "chain";
  /** Runs `pulumi` on it. */
  pulumi(...args: readonly string[]): Promise<Finished>;
  /** Undefined where there is no compose. */
  readonly compose: StandingProject | undefined;
}

/** A compose project that is up. */
export interface StandingProject {
  up(): Promise<Finished>;
  dryRun(): Promise<Finished>;
}

export interface StandingStacks {
  readonly stacks: readonly StandingStack[];
  /** Runs `pulumi` on a program that declares nothing. */
  pulumiEmpty(...args: readonly string[]): Promise<Finished>;
}

export interface StandingOptions {
  readonly level: ValidationLevel;
  readonly portBase: number;
  /** Between compose's health checks: "10s". */
  readonly interval: string;
  readonly lateMs: number;
}

/** The ports of compose's netra come after those of phasegate's. */
const composePorts = 1000;

/** Brings all of them up, does some work with them, and takes them away again, whatever came of it. */
export async function withStandingStacks<T>(
  docker: Docker,
  compose: Compose | undefined,
  options: StandingOptions,
  { signal, say }: Bench,
  work: (standing: StandingStacks) => Promise<T>,
): Promise<T> {
  const projects: ComposeProject[] = [];
  const root = process.cwd();
  const { level, portBase } = options;
  await removeStack(docker);
  await removeShape(docker);
  const workspace = await makeWorkspace({ root, level, portBase, signal });
  try {
    const shape = await programProject("shape", root, "bench/shape/program.ts", signal);
    try {
      say("netra and the chain come up");
      await workspace.reset();
      await workspace.pulumiEmpty(...upArgs);
      await workspace.pulumi(...upArgs);
      await shape.configure({ shape: "chain", lateMs: options.lateMs });
      await shape.pulumi(...upArgs);
      const standing = async (project: ComposeProject, ...services: readonly string[]) => {
        projects.push(project);
        await project.up(signal, ...services);
        return {
          up: () => project.up(signal, ...services),
          dryRun: () => project.dryRun(signal, ...services),
        };
      };
      const netra = compose && (await composeNetra(compose, workspace, options));
      const chain = compose && (await composeChain(compose, docker, workspace.dir, options));
      if (compose) say("both come up under compose");
      const stacks: readonly StandingStack[] = [
        {
          name: "netra",
          pulumi: (...args) => workspace.pulumi(...args),
          compose: netra && (await standing(netra.project, netra.last)),
        },
        {
          name: "chain",
          pulumi: (...args) => shape.pulumi(...args),
          compose: chain && (await standing(chain)),
        },
      ];
      return await work({ stacks, pulumiEmpty: (...args) => workspace.pulumiEmpty(...args) });
    } finally {
      for (const project of projects) await project.down();
      await removeShape(docker);
      shape.remove();
    }
  } finally {
    await removeStack(docker);
    workspace.remove();
  }
}

async function composeNetra(
  compose: Compose,
  workspace: Workspace,
  { level, portBase, interval }: StandingOptions,
) {
  const plan = netraPlan(level, portBase + composePorts);
  const { dir, secrets } = workspace;
  return openComposeNetra(compose, { dir, plan, secrets }, await imagesOf(workspace), interval);
}

async function composeChain(
  compose: Compose,
  docker: Docker,
  dir: string,
  { interval, lateMs }: StandingOptions,
): Promise<ComposeProject> {
  const image = await imageOf(docker);
  return openComposeShape(compose, join(dir, "compose-chain"), { shape: "chain", lateMs, image, interval });
}
