import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { textLines } from "../../lib/engine/log-lines.ts";

/** How a container of a trial runs. Its name is also its host name on the network. */
interface TrialContainer {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Reached from here by url(). */
  readonly port?: number;
}

/** Containers on a network of their own, under names that nobody else has. */
export interface TrialNetwork {
  run(name: string, container: TrialContainer): Promise<void>;
  container(name: string): Docker.Container;
  /** Where a container's port is reached from here now: it may change whenever the container starts. */
  address(name: string): Promise<string>;
  exitCode(name: string): Promise<number>;
  logs(name: string): Promise<string>;
  remove(): Promise<void>;
}

export async function createTrialNetwork(docker: Docker): Promise<TrialNetwork> {
  const prefix = `services-trial-${randomBytes(4).toString("hex")}`;
  const network = await docker.createNetwork({ Name: prefix });
  const containers = new Map<string, { readonly container: Docker.Container; readonly port?: number }>();

  function find(name: string) {
    const found = containers.get(name);
    if (found === undefined) throw new Error(`no container ${name} was run`);
    return found;
  }

  return {
    async run(name, { image, env, command, port }) {
      const container = await docker.createContainer({
        name: `${prefix}-${name}`,
        Image: image,
        Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
        ...(command === undefined ? {} : { Cmd: [...command] }),
        ...(port === undefined ? {} : { ExposedPorts: { [`${port}/tcp`]: {} } }),
        HostConfig: {
          ...(port === undefined
            ? {}
            : { PortBindings: { [`${port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: "" }] } }),
        },
        NetworkingConfig: { EndpointsConfig: { [prefix]: { Aliases: [name] } } },
      });
      containers.set(name, { container, ...(port === undefined ? {} : { port }) });
      await container.start();
    },
    container: (name) => find(name).container,
    async address(name) {
      const { container, port } = find(name);
      const { NetworkSettings } = await container.inspect();
      const [binding] = NetworkSettings.Ports[`${port}/tcp`] ?? [];
      if (binding === undefined) throw new Error(`${name} has no published port: is it running?`);
      return `127.0.0.1:${binding.HostPort}`;
    },
    async exitCode(name) {
      const result = (await find(name).container.wait()) as { readonly StatusCode: number };
      return result.StatusCode;
    },
    async logs(name) {
      return textLines(await find(name).container.logs({ stdout: true, stderr: true })).join("\n");
    },
    async remove() {
      await Promise.all(
        [...containers.values()].map(({ container }) => container.remove({ force: true, v: true })),
      );
      await network.remove();
    },
  };
}
