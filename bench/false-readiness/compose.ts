import type Docker from "dockerode";
import type { Compose } from "../compose.ts";
import { openComposeProject } from "../compose-project.ts";
import { composeFiles } from "../netra/compose-file.ts";
import type { Start } from "./observe.ts";
import { observe } from "./observe.ts";
import type { Checks, Draws } from "./systems.ts";
import { falseReadinessPlan, secrets } from "./systems.ts";

const projectName = "phasegate-bench-early";
const label = `com.docker.compose.project=${projectName}`;

/** What compose starts, and what its health checks ask how often. */
export interface ComposeSystems {
  readonly draws: Draws;
  readonly checks: Checks;
  /** "1s" */
  readonly interval: string;
  /** The image that each service runs. */
  readonly images: Readonly<Record<string, string>>;
}

/** The same containers as the files of a compose project: each client waits for the health of its service. */
export function composeSystems({
  draws,
  checks,
  interval,
  images,
}: ComposeSystems): Readonly<Record<string, string>> {
  return composeFiles({ plan: falseReadinessPlan(draws, "bench", { checks }), secrets }, images, interval);
}

/** One `compose up` of the systems from nothing, and `compose down`. */
export async function startByCompose(
  compose: Compose,
  docker: Docker,
  dir: string,
  systems: ComposeSystems,
  signal: AbortSignal,
): Promise<Start> {
  const project = openComposeProject(compose, dir, projectName, composeSystems(systems));
  try {
    const { tookMs: commandMs } = await project.up(signal);
    const whose = { label, serviceLabel: "com.docker.compose.service", begins: "started" } as const;
    return { commandMs, pairs: await observe(docker, whose, signal) };
  } finally {
    await project.down();
  }
}
