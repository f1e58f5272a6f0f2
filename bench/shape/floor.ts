import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { ShapeName } from "./shapes.ts";
import { servicePort, shapeServices } from "./shapes.ts";

const network = "phasegate-bench-floor";

/** So often a service is asked whether it is ready: the floor is too high by half of it at most. */
const everyMs = 4;

/**
 * The least that a start of the shape takes on this engine, in milliseconds: each phase's containers are created and started together,
 * and the next phase's the moment that they are ready. What notices that asks without a pause, which only a benchmark can afford.
 */
export async function measureFloor(
  docker: Docker,
  { shape, lateMs, image }: { readonly shape: ShapeName; readonly lateMs: number; readonly image: string },
  signal: AbortSignal,
): Promise<number> {
  const made: Docker.Container[] = [];
  const start = async (service: string) => {
    const container = await docker.createContainer({
      name: `${network}-${service}`,
      Image: image,
      Env: [`LATE_MS=${lateMs}`],
      HostConfig: { NetworkMode: network },
    });
    made.push(container);
    await container.start();
    const { NetworkSettings } = await container.inspect();
    await ready(NetworkSettings.Networks[network]?.IPAddress ?? "", signal);
  };
  const { id } = await docker.createNetwork({ Name: network });
  try {
    const began = performance.now();
    for (const services of shapeServices(shape)) await Promise.all(services.map(start));
    return performance.now() - began;
  } finally {
    await Promise.all(made.map((container) => container.remove({ force: true })));
    await docker.getNetwork(id).remove();
  }
}

async function ready(address: string, signal: AbortSignal): Promise<void> {
  while (!(await answersWell(address))) await sleep(everyMs, undefined, { signal });
}

function answersWell(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: address, port: servicePort, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}
