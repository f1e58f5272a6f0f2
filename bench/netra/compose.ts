import { join } from "node:path";
import type { Compose } from "../compose.ts";
import type { ComposeProject } from "../compose-project.ts";
import { openComposeProject } from "../compose-project.ts";
import { composeFiles } from "./compose-file.ts";
import { lastServiceUrl } from "./phasegate.ts";
import { trulyReady } from "./truly-ready.ts";
import type { Workspace } from "./workspace.ts";

/** One `compose up` from nothing, and one after it that changes nothing. Times in milliseconds. */
export interface ComposeRun {
  /** From the command's start until the last service said from outside that it is ready. */
  readonly trulyReadyMs: number;
  /** Until the command had ended and the last service was ready. */
  readonly upMs: number;
  readonly noChangeMs: number;
}

/** netra's containers as a compose project. */
export interface ComposeNetra {
  readonly project: ComposeProject;
  readonly plan: Workspace["plan"];
  /** All that compose brings up: the last service, and with it what it needs. A job that has ended would count as a failure. */
  readonly last: string;
}

/** @param interval of every health check: "1s" */
export function openComposeNetra(
  compose: Compose,
  { dir, plan, secrets }: Pick<Workspace, "dir" | "plan" | "secrets">,
  images: Readonly<Record<string, string>>,
  interval: string,
): ComposeNetra {
  const folder = join(dir, `compose-${interval}`);
  const files = composeFiles({ plan, secrets }, images, interval);
  return {
    project: openComposeProject(compose, folder, "phasegate-bench", files),
    plan,
    last: Object.keys(plan.services).at(-1) ?? "",
  };
}

/** One `compose up` from nothing, another one, and `compose down`. */
export async function measureCompose(
  { project, plan, last }: ComposeNetra,
  signal: AbortSignal,
): Promise<ComposeRun> {
  const up = async () => {
    const beganMs = performance.now();
    const watching = new AbortController();
    const within = AbortSignal.any([signal, watching.signal]);
    const ready = trulyReady(lastServiceUrl(plan), within).then(() => performance.now() - beganMs);
    ready.catch(() => undefined);
    try {
      const { tookMs } = await project.up(signal, last);
      const trulyReadyMs = await ready;
      return { trulyReadyMs, upMs: Math.max(tookMs, trulyReadyMs) };
    } finally {
      watching.abort();
    }
  };
  try {
    const first = await up();
    return { ...first, noChangeMs: (await up()).upMs };
  } finally {
    await project.down();
  }
}
