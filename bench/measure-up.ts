import type Docker from "dockerode";
import { connectCoordinator } from "../lib/control/client.ts";
import { connectEngine } from "../lib/engine/docker-engine.ts";
import type { CriticalPath, ServiceTimes } from "../lib/model/critical-path.ts";
import { criticalPath } from "../lib/model/critical-path.ts";
import { creationTimes, removeLabelled } from "./engine-contents.ts";
import { waitForQuiet } from "./machine.ts";
import { trulyReady } from "./truly-ready.ts";
import type { Workspace } from "./workspace.ts";
import { stack } from "./workspace.ts";

export interface MeasureOptions {
  readonly docker: Docker;
  readonly quietWaitMs: number;
  /** How many times each command that changes nothing is run. */
  readonly repeat: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** One `up` from nothing and what follows it. Times in milliseconds. */
export interface UpRun {
  /** How busy the machine was before it, 0 to 1. */
  readonly busyBefore: number;
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
  readonly noChangeMs: readonly number[];
  readonly emptyMs: readonly number[];
  readonly previewMs: readonly number[];
  readonly images: Readonly<Record<string, string>>;
}

const upArgs = ["up", "--yes", "--skip-preview"] as const;

/** Takes away all that the stack has on the engine. */
export const removeStack = (docker: Docker) => removeLabelled(docker, `phasegate.stack=${stack}`);

/** The address at which the last of the plan's published services says whether it is ready. */
export function lastServiceUrl({ plan }: Workspace): string {
  const published = Object.values(plan.services).flatMap(({ published }) => published ?? []);
  const { ip, port } = published.at(-1) ?? { ip: "", port: 0 };
  return `http://${ip}:${port}/api/health`;
}

/** Measures one `up` from nothing, then `up`, `preview` and an empty program's `up` with nothing to change. */
export async function measureUp(workspace: Workspace, options: MeasureOptions): Promise<UpRun> {
  const { docker, signal, quietWaitMs, repeat, say } = options;
  await removeStack(docker);
  await workspace.reset();
  await workspace.pulumiEmpty(...upArgs);
  const busyBefore = await waitForQuiet(quietWaitMs, signal);

  say("up from nothing");
  const beganMs = Date.now();
  const watching = new AbortController();
  const ready = trulyReady(lastServiceUrl(workspace), AbortSignal.any([signal, watching.signal])).then(
    () => Date.now() - beganMs,
  );
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
  const created = await creationTimes(docker, stack);
  const services = await recordedTimes();
  const path = criticalPath(workspace.plan.phases, services);
  const images = JSON.parse(await workspace.output("images")) as Record<string, string>;

  const noChangeMs: number[] = [];
  const emptyMs: number[] = [];
  const previewMs: number[] = [];
  for (let at = 0; at < repeat; at++) {
    say(`without a change ${at + 1} of ${repeat}`);
    await waitForQuiet(quietWaitMs, signal);
    // One after the other, so that what else the machine does meets all of them.
    noChangeMs.push((await workspace.pulumi(...upArgs)).tookMs);
    emptyMs.push((await workspace.pulumiEmpty(...upArgs)).tookMs);
    previewMs.push((await workspace.pulumi("preview")).tookMs);
  }
  return {
    busyBefore,
    upMs,
    trulyReadyMs,
    coordinatorCreatedMs: (created["coordinator"] ?? NaN) - beganMs,
    firstCreatedMs: Math.min(...Object.values(services).map(({ createdMs }) => createdMs)) - beganMs,
    afterLastReadyMs: beganMs + upMs - Math.max(...Object.values(services).map(({ readyMs }) => readyMs)),
    path,
    services,
    noChangeMs,
    emptyMs,
    previewMs,
    images,
  };
}

/** The timeline that the coordinator has kept: what `phasegate status --json` shows. */
async function recordedTimes(): Promise<Record<string, ServiceTimes>> {
  const engine = connectEngine();
  const [container] = await engine.list({ "phasegate.stack": stack, "phasegate.service": "coordinator" });
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
