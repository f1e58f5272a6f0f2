import { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { OneRun } from "./engine.ts";
import { demuxed } from "./demuxed.ts";

/** A user that owns nothing, in every image. */
export const nobody = 65_534;

/** Creates the container, joins its streams, and starts it. */
export async function runOnce(
  docker: Docker,
  { image, command, networks: [first = "none", ...others], labels }: OneRun,
): Promise<Duplex> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: [...command],
    User: `${nobody}:${nobody}`,
    Labels: { ...labels },
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      NetworkMode: first,
      AutoRemove: true,
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
    },
  });
  try {
    for (const network of others) await docker.getNetwork(network).connect({ Container: container.id });
    const streams = { stream: true, stdin: true, stdout: true, stderr: true };
    const raw = await container.attach({ hijack: true, ...streams });
    await container.start();
    if (!(raw instanceof Duplex)) throw new Error("the engine has not handed over a stream");
    return demuxed(docker, raw, (text) => new Error(text));
  } catch (error) {
    await container.remove({ force: true });
    throw error;
  }
}
