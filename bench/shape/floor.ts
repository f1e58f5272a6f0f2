import type Docker from "dockerode";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";
import { untilAnswers } from "./until-answers.ts";

const network = "phasegate-bench-floor";

/**
 * The least that each phase of a start of the shape takes on this engine, in milliseconds: its containers are created and started
 * together, and the next phase's the moment that they are ready.
 */
export async function measureFloor(
  docker: Docker,
  { shape, lateMs, image }: { readonly shape: ShapeName; readonly lateMs: number; readonly image: string },
  signal: AbortSignal,
): Promise<readonly number[]> {
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
    await untilAnswers(NetworkSettings.Networks[network]?.IPAddress ?? "", signal);
  };
  const { id } = await docker.createNetwork({ Name: network });
  try {
    const phasesMs: number[] = [];
    for (const services of shapeServices(shape)) {
      const began = performance.now();
      await Promise.all(services.map(start));
      phasesMs.push(performance.now() - began);
    }
    return phasesMs;
  } finally {
    await Promise.all(made.map((container) => container.remove({ force: true })));
    await docker.getNetwork(id).remove();
  }
}
