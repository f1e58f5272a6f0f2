import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { Compose } from "../compose.ts";
import type { ComposeProject } from "../compose-project.ts";
import { openComposeProject } from "../compose-project.ts";
import type { EngineEvent, ServiceEvents, ShapeRun } from "./run.ts";
import { firstOfEach, serviceEvents, startOf, withEvents } from "./run.ts";
import type { ShapeName } from "./shapes.ts";
import { servicePort, shapeServices } from "./shapes.ts";

const projectName = (shape: ShapeName) => `phasegate-bench-${shape}`;
const serviceLabel = "com.docker.compose.service";

export interface ComposeShape {
  readonly shape: ShapeName;
  readonly lateMs: number;
  readonly image: string;
  /** Of every health check: "100ms". */
  readonly interval: string;
}

/** The shape as a compose project: each service waits for the health of those in the phase before. */
export function composeYaml({ shape, lateMs, image, interval }: ComposeShape): string {
  const phases = shapeServices(shape);
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${servicePort} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`;
  const services = phases.flatMap((names, i) => {
    const service = {
      image,
      environment: { LATE_MS: String(lateMs) },
      healthcheck: { test: ["CMD", "bash", "-c", ask], interval, timeout: "5s", retries: 600 },
      depends_on: Object.fromEntries(
        (phases[i - 1] ?? []).map((before) => [before, { condition: "service_healthy" }]),
      ),
    };
    return names.map((name) => [name, service] as const);
  });
  return JSON.stringify({ services: Object.fromEntries(services) }, null, 2);
}

export const openComposeShape = (compose: Compose, dir: string, shape: ComposeShape): ComposeProject =>
  openComposeProject(compose, dir, projectName(shape.shape), { "compose.yaml": composeYaml(shape) });

/** One `compose up` of the shape, another one, and `compose down`. */
export async function measureCompose(
  project: ComposeProject,
  docker: Docker,
  shape: ShapeName,
  signal: AbortSignal,
): Promise<ShapeRun> {
  try {
    const label = `com.docker.compose.project=${projectName(shape)}`;
    const count = shapeServices(shape).flat().length;
    const first = await withEvents(docker, label, async () => {
      const { tookMs } = await project.up(signal);
      return tookMs + (await untilHealthy(docker, label, count, signal));
    });
    const { tookMs: noChangeMs } = await project.up(signal);
    return {
      commandMs: first.result,
      noChangeMs,
      ...startOf(shapeServices(shape), healthEvents(first.events)),
    };
  } finally {
    await project.down();
  }
}

const healthyWithinMs = 60_000;

/** Waits until so many containers with a label are healthy, and says how long: 0 after a compose that has waited for all of them. */
async function untilHealthy(
  docker: Docker,
  label: string,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  const began = performance.now();
  for (let looks = 1; ; looks++) {
    const healthy = await docker.listContainers({ filters: { label: [label], health: ["healthy"] } });
    const waitedMs = performance.now() - began;
    if (healthy.length >= count) return looks === 1 ? 0 : waitedMs;
    if (waitedMs > healthyWithinMs)
      throw new Error(`only ${healthy.length} of compose's ${count} services are healthy`);
    await sleep(20, undefined, { signal });
  }
}

/** Ready is what the engine's health check has passed for the first time. */
function healthEvents(events: readonly EngineEvent[]): ReadonlyMap<string, ServiceEvents> {
  return serviceEvents(events, serviceLabel, firstOfEach(events, "health_status: healthy", serviceLabel));
}
