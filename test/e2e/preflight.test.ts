import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// What would fail in the middle is found before anything is touched: by a preview, and by an `up` without one.
const docker = dockerClient();
const engine = connectEngine();
const portBase = 14_000;
let trial: TrialProject;

beforeAll(async () => {
  const config = { declaration: "pair", environment: "test", validationLevel: "basic", portBase };
  trial = await openTrial("preflight", config, "test/e2e/preflight/stacks");
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(() => trial.remove());

/** The stack's containers by service: another container, or another start of it, is another text. */
async function running(): Promise<Record<string, string>> {
  const containers = await engine.list({ "phasegate.stack": trial.stack });
  return Object.fromEntries(
    containers.map(({ labels, id, startedMs, running }) => [
      labels["phasegate.service"] ?? "",
      running ? `${id} since ${startedMs}` : `${id} stopped`,
    ]),
  );
}

/** A preview and an `up` of a declaration, both of which are refused. Neither touches a container. */
async function refused(declaration: string): Promise<string[]> {
  const before = await running();
  trial.configure({ declaration });
  const results: CommandResult[] = [await trial.pulumi(["preview"]), await trial.up()];
  trial.configure({ declaration: "pair" });
  for (const { code, output } of results) expect(code, output).not.toBe(0);
  expect(await running()).toEqual(before);
  return results.map(({ output }) => output);
}

/** What answers at a port of this machine. */
async function answering(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return ((await response.json()) as { service: string }).service;
}

/** Starts a container of nobody's, or of another stack's, until the end of the scope. */
async function bystander(options: {
  readonly name: string;
  readonly port?: number;
  readonly labels?: Record<string, string>;
}) {
  const { reference } = await prepareImage(docker, "node:24-slim", () => undefined);
  const { name, port, labels = {} } = options;
  const container = await docker.createContainer({
    name,
    Image: reference,
    Cmd: ["node", "-e", "setInterval(() => {}, 1000)"],
    Labels: labels,
    ...(port !== undefined && {
      ExposedPorts: { "80/tcp": {} },
      HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: String(port) }] } },
    }),
  });
  await container.start();
  return { [Symbol.asyncDispose]: async () => void (await container.remove({ force: true })) };
}

test("a port that another stack's container holds is refused, and the running container stays", async () => {
  await using _holder = await bystander({
    name: "preflight-holder",
    port: portBase + 5,
    labels: { "phasegate.stack": "other", "phasegate.declaration": "shop" },
  });
  for (const output of await refused("moved")) {
    expect(output).toContain("PHASEGATE_PORT_TAKEN");
    expect(output).toContain("nothing was changed");
    expect(output).toContain(
      "alpha: port 127.0.0.1:14005 is taken by the container preflight-holder of the stack other of shop",
    );
    expect(output).toContain("pulumi config set portBase NUMBER --stack preflight");
  }
  expect(await answering(portBase)).toBe("alpha");
});

test("a port that a process of this machine holds is refused with its name", async () => {
  const server = createServer().listen(portBase + 5, "0.0.0.0");
  await once(server, "listening");
  try {
    for (const output of await refused("moved"))
      expect(output).toMatch(
        new RegExp(`alpha: port 127\\.0\\.0\\.1:14005 is taken by the process .* \\(pid ${process.pid}\\)`),
      );
  } finally {
    server.close();
  }
});

test("a stopped container of the stack's own needs its port, too", async () => {
  const before = await running();
  await docker.getContainer("ports-preflight-beta").stop({ t: 1 });
  const server = createServer().listen(portBase + 1, "127.0.0.1");
  await once(server, "listening");
  try {
    for (const output of await refused("pair"))
      expect(output).toMatch(/beta: port 127\.0\.0\.1:14001 is taken by the process/);
  } finally {
    server.close();
  }
  await docker.getContainer("ports-preflight-beta").start();
  expect((await running())["alpha"]).toBe(before["alpha"]);
});

test.for([
  {
    declaration: "lacksCommand",
    code: "PHASEGATE_CONTAINER_REFUSED",
    reported: /nothing of alpha was changed.*\n.*alpha: the image \S+node:24-slim has no command "nod"/,
  },
  {
    declaration: "badVolume",
    code: "PHASEGATE_CONTAINER_REFUSED",
    reported: /alpha: a volume cannot be mounted at \/etc\/passwd: that is a file in the image/,
  },
  {
    declaration: "lacksImage",
    code: "PHASEGATE_IMAGE_MISSING",
    reported:
      /nothing was changed.*\n.*alpha: the image 127\.0\.0\.1:9\/no\/such:image is not on this engine.*load the image/,
  },
])(
  "$declaration: refused before the running container is deleted",
  async ({ declaration, code, reported }) => {
    for (const output of await refused(declaration)) {
      expect(output).toContain(code);
      expect(output).toMatch(reported);
    }
  },
);

test("two services of different phases swap their ports", async () => {
  trial.configure({ declaration: "swapped" });
  const preview = await trial.pulumi(["preview"]);
  expect(preview.output).toContain(
    "alpha takes port 127.0.0.1:14001 over from the container ports-preflight-beta, which is stopped before",
  );
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  expect([await answering(portBase), await answering(portBase + 1)]).toEqual(["beta", "alpha"]);
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
});

test("a name that a container of somebody else's has is refused", async () => {
  await using _namesake = await bystander({ name: "ports-preflight-gamma" });
  for (const output of await refused("renamed")) {
    expect(output).toContain("PHASEGATE_CONTAINER_REFUSED");
    expect(output).toMatch(
      /gamma: its container is to be called ports-preflight-gamma, and one .* removes it/,
    );
  }
});

test("a service with another name takes the port over", async () => {
  trial.configure({ declaration: "renamed" });
  const preview = await trial.pulumi(["preview"]);
  expect(preview.output).toContain(
    "gamma takes port 127.0.0.1:14001 over from the container ports-preflight-alpha, which is stopped before",
  );
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  expect([await answering(portBase), await answering(portBase + 1)]).toEqual(["beta", "gamma"]);
  expect(Object.keys(await running()).sort()).toEqual(["beta", "coordinator", "gamma"]);
});
