import Docker from "dockerode";

/** A container of one of the images that images/ stands in for, reachable at a port of the loopback interface. */
export type ImageContainer = {
  readonly port: number;
  readonly stop: () => Promise<{ exitCode: number; tookMs: number }>;
  readonly start: () => Promise<number>;
  readonly logs: () => Promise<string>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const engine = new Docker();

/** The official image if the engine has it, else what stands in for it: both must behave the same here. */
async function imageFor(reference: string): Promise<string> {
  const standIn = `phasegate-stand-in/${reference.slice(reference.lastIndexOf("/") + 1)}`;
  const found = await engine.listImages({ filters: { reference: [reference, standIn] } });
  const tags = found.flatMap((image) => image.RepoTags ?? []);
  const image = [reference, standIn].find((name) => tags.includes(name));
  if (image === undefined)
    throw new Error(`neither ${reference} nor ${standIn} is on this engine: npm run images`);
  return image;
}

/** Starts a container with a fresh data volume. */
export async function startImage(
  reference: string,
  options: { port: number; data?: string; env?: Record<string, string>; command?: readonly string[] },
): Promise<ImageContainer> {
  const exposed = `${options.port}/tcp`;
  const container = await engine.createContainer({
    Image: await imageFor(reference),
    Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(options.command === undefined ? {} : { Cmd: [...options.command] }),
    ExposedPorts: { [exposed]: {} },
    HostConfig: {
      PortBindings: { [exposed]: [{ HostIp: "127.0.0.1", HostPort: "" }] },
      SecurityOpt: ["no-new-privileges"],
      Mounts: options.data === undefined ? [] : [{ Type: "volume", Source: "", Target: options.data }],
    },
  });
  const publishedPort = async () => {
    const { NetworkSettings } = await container.inspect();
    return Number(NetworkSettings.Ports[exposed]?.[0]?.HostPort ?? 0);
  };
  await container.start();
  return {
    port: await publishedPort(),
    async stop() {
      const start = performance.now();
      await container.stop({ t: 10 });
      const tookMs = performance.now() - start;
      return { exitCode: (await container.inspect()).State.ExitCode, tookMs };
    },
    async start() {
      await container.start();
      return await publishedPort();
    },
    async logs() {
      return (await container.logs({ stdout: true, stderr: true, follow: false })).toString("utf8");
    },
    async [Symbol.asyncDispose]() {
      await container.remove({ force: true, v: true });
    },
  };
}

/** Asks until there is an answer, and returns it; gives up after a budget far above what the start takes. */
export async function answerOf<T>(ask: () => Promise<T>, budgetMs = 60_000): Promise<T> {
  const deadline = performance.now() + budgetMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
