import type Docker from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";

/**
 * The least that a start of the shape takes on this engine, in milliseconds: each phase's containers are created and started together,
 * and the next phase's the moment that they are ready. It probes nothing: it knows when that is.
 */
export async function measureFloor(
  docker: Docker,
  { shape, lateMs, image }: { readonly shape: ShapeName; readonly lateMs: number; readonly image: string },
  signal: AbortSignal,
): Promise<number> {
  const network = await docker.createNetwork({ Name: "phasegate-bench-floor" });
  const made: Docker.Container[] = [];
  try {
    const began = performance.now();
    for (const services of shapeServices(shape)) {
      await Promise.all(
        services.map(async (service) => {
          const container = await docker.createContainer({
            name: `phasegate-bench-floor-${service}`,
            Image: image,
            Env: [`LATE_MS=${lateMs}`],
            HostConfig: { NetworkMode: "phasegate-bench-floor" },
          });
          made.push(container);
          await container.start();
        }),
      );
      await sleep(lateMs, undefined, { signal });
    }
    return performance.now() - began;
  } finally {
    await Promise.all(made.map((container) => container.remove({ force: true })));
    await network.remove();
  }
}
