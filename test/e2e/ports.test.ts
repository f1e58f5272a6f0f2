import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// What is published is seen on the engine and used, and each change of it is previewed as what the provider does.
const docker = dockerClient();
const portBase = 14_200;
let trial: TrialProject;

beforeAll(async () => {
  const config = { declaration: "several", environment: "test", validationLevel: "basic", portBase };
  trial = await openTrial("ports", config, "test/e2e/ports/stacks");
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(() => trial.remove());

test("the engine publishes what the declaration says", async () => {
  const { HostConfig } = await docker.getContainer("several-ports-web").inspect();
  expect(HostConfig.PortBindings).toEqual({
    "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "14200" }],
    "9100/tcp": [{ HostIp: "0.0.0.0", HostPort: "14255" }],
    "5300/udp": [{ HostIp: "127.0.0.1", HostPort: "14207" }],
  });
  expect(await (await fetch("http://127.0.0.1:14255/")).text()).toBe("metrics");
  expect(await (await fetch("http://127.0.0.1:14200/")).text()).toBe("http://web:9100/m");
  const socket = createSocket("udp4");
  try {
    socket.send("question", 14_207, "127.0.0.1");
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(answer.toString()).toBe("answer");
  } finally {
    socket.close();
  }
});

test("nothing differs without a change", async () => {
  const { code, output } = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, output).toBe(0);
});

test.for(["loopback", "tcp", "unpublished"])("%s is previewed as a replacement", async (declaration) => {
  trial.configure({ declaration });
  const { output } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "several" });
  expect(output).toMatch(/docker:index:Container\s+web\s+replace/);
});

test("development warns of a port at every address", async () => {
  trial.configure({ environment: "development" });
  const { output } = await trial.pulumi(["preview"]);
  trial.configure({ environment: "test" });
  expect(output).toContain(
    "services.web.ports.metrics: is published at 0.0.0.0:14255: who reaches this machine reaches it",
  );
});

test("a port of UDP that a process of this machine holds is refused with its name", async () => {
  const socket = createSocket("udp4").bind({ address: "127.0.0.1", port: portBase + 8, exclusive: true });
  await once(socket, "listening");
  trial.configure({ declaration: "taken" });
  const { code, output } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "several" });
  socket.close();
  expect(code, output).not.toBe(0);
  expect(output).toContain("PHASEGATE_PORT_TAKEN");
  expect(output).toMatch(
    new RegExp(`web: port 127\\.0\\.0\\.1:14208/udp is taken by the process .* \\(pid ${process.pid}\\)`),
  );
});
