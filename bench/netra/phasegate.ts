import type Docker from "dockerode";
import { connectCoordinator } from "../../lib/control/client.ts";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import type { CriticalPath, ServiceTimes } from "../../lib/model/critical-path.ts";
import { criticalPath } from "../../lib/model/critical-path.ts";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { creationTimes, removeLabelled } from "../engine-contents.ts";
import { trulyReady } from "./truly-ready.ts";
import type { Workspace } from "./workspace.ts";
import { stack } from "./workspace.ts";

/** One `up` from nothing, and one after it that changes nothing. Times in milliseconds. */
export interface UpRun {
  readonly upMs: number;
  /** From the command's start until the last phase's service said from outside that it is ready. */
  readonly trulyReadyMs: number;
  /** From the command's start to the creation of the coordinator's container, and of the first service's. */
  readonly firstCreatedMs: number;
  readonly coordinatorCreatedMs: number;
  /** From the last service's readiness to the command's end. */
  readonly afterLastReadyMs: number;
  readonly path: CriticalPath;
  readonly services: Readonly<Record<string, ServiceTimes>>;
  readonly noChangeMs: number;
  /** The reference of each service's image. */
  readonly images: Readonly<Record<string, string>>;
}

const labels = ["phasegate.declaration=netra", `phasegate.stack=${stack}`] as const;

export const upArgs = ["up", "--yes", "--skip-preview"] as const;

/** Takes away all that the stack has on the engine. */
export const removeStack = (docker: Docker) => removeLabelled(docker, ...labels);

/** The address at which the last of the plan's published services says whether it is ready. */
export function lastServiceUrl(plan: LifecyclePlan): string {
  const published = Object.values(plan.services).flatMap(({ published }) => published ?? []);
  const { ip, port } = published.at(-1) ?? { ip: "", port: 0 };
  return `http://${ip}:${port}/api/health`;
}

/** Measures one `up` from nothing, and one without a change. It leaves the stack up. */
export async function measureUp(workspace: Workspace, docker: Docker, signal: AbortSignal): Promise<UpRun> {
  const beganMs = Date.now();
  const watching = new AbortController();
  const url = lastServiceUrl(workspace.plan);
  const ready = trulyReady(url, AbortSignal.any([signal, watching.signal])).then(() => Date.now() - beganMs);
  // Whoever awaits it below gets its error; until then nobody does.
  ready.catch(() => undefined);
  let upMs: number;
  try {
    upMs = (await workspace.pulumi(...upArgs)).tookMs;
  } catch (error) {
    watching.abort();
    throw error;
  }
  const trulyReadyMs = await ready;
  const created = await creationTimes(docker, ...labels);
  const services = await recordedTimes();
  const images = await imagesOf(workspace);
  const { tookMs: noChangeMs } = await workspace.pulumi(...upArgs);
  return {
    upMs,
    trulyReadyMs,
    coordinatorCreatedMs: (created["coordinator"] ?? NaN) - beganMs,
    firstCreatedMs: Math.min(...Object.values(services).map(({ createdMs }) => createdMs)) - beganMs,
    afterLastReadyMs: beganMs + upMs - Math.max(...Object.values(services).map(({ readyMs }) => readyMs)),
    path: criticalPath(workspace.plan.phases, services),
    services,
    noChangeMs,
    images,
  };
}

/** The image that each service runs, once the stack has been up. */
export async function imagesOf(workspace: Workspace): Promise<Readonly<Record<string, string>>> {
  const said = JSON.parse(await workspace.output("images")) as Record<string, string>;
  // The output says in brackets where an image comes from.
  return Object.fromEntries(
    Object.entries(said).map(([service, image]) => [service, image.replace(/ \(.*\)$/, "")]),
  );
}

/** The timeline that the coordinator has kept: what `phasegate status --json` shows. */
async function recordedTimes(): Promise<Record<string, ServiceTimes>> {
  const engine = connectEngine();
  const [container] = await engine.list({
    "phasegate.declaration": "netra",
    "phasegate.stack": stack,
    "phasegate.service": "coordinator",
  });
  if (container === undefined) throw new Error("the stack has no coordinator");
  const client = await connectCoordinator(engine, container.id);
  try {
    const { services } = await client.call("status", {});
    return Object.fromEntries(
      services.map(({ service, createdMs, startedMs = NaN, readyMs = NaN }) => [
        service,
        { createdMs, startedMs, readyMs },
      ]),
    );
  } finally {
    client.close();
  }
}
