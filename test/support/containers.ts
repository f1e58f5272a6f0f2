import { randomBytes } from "node:crypto";
import Docker from "dockerode";

/** A container for a test, with one port of it published on the loopback interface. */
export interface TestContainer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The engine's handle, to pause and stop it. */
  readonly container: Docker.Container;
  /** Removes the container and its anonymous volumes, whatever state it is in. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestContainerOptions {
  readonly image: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck?: Docker.HealthConfig;
  /** Whether the engine's init process is process 1. Default: it is not. */
  readonly init?: boolean;
  /** Whether it has a terminal: its output is one stream then, without frames. Default: it has none. */
  readonly tty?: boolean;
}

/** Starts a container under a name of its own, `probe-test-<random>`; it may not be ready when this returns. */
export async function startContainer({
  image,
  port,
  env = {},
  command,
  healthcheck,
  init = false,
  tty = false,
}: TestContainerOptions): Promise<TestContainer> {
  const name = `probe-test-${randomBytes(6).toString("hex")}`;
  const container = await new Docker().createContainer({
    name,
    Image: image,
    Tty: tty,
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    ExposedPorts: { [`${port}/tcp`]: {} },
    HostConfig: {
      Init: init,
      PortBindings: { [`${port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: "" }] },
    },
    ...(command === undefined ? {} : { Cmd: [...command] }),
    ...(healthcheck === undefined ? {} : { Healthcheck: healthcheck }),
  });
  const remove = () => container.remove({ force: true, v: true });
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
    if (published === undefined) throw new Error(`the engine has not published port ${port} of ${name}`);
    return { name, host: "127.0.0.1", port: Number(published), container, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
