import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeImage } from "../../lib/engine/bundle-image.ts";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import { hasImage, standInFor } from "../../lib/engine/images.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// Everything that a person gets wrong, on the small declaration: a database, and a service behind its gate.
// One sequence, in order: after each trouble the same stack goes on.
const docker = dockerClient();
const engine = connectEngine();
const portBase = 12_000;
const usual = { images: undefined, startupTimeoutMultiplier: "1.0", healthCheckInterval: "15s", portBase };

let trial: TrialProject;

/** The services whose containers are there, running or not. */
async function services(): Promise<string[]> {
  const containers = await engine.list({ "phasegate.stack": trial.stack });
  return containers.flatMap(({ labels }) => labels["phasegate.service"] ?? []).sort();
}

/** An `up` with another config than the usual one, which is put back afterwards. */
async function upWith(config: Readonly<Record<string, unknown>>): Promise<CommandResult> {
  trial.configure(config);
  const result = await trial.up();
  trial.configure(usual);
  return result;
}

/** The image, or where no registry can be reached its stand-in. */
async function available(reference: string): Promise<string> {
  return (await hasImage(docker, reference)) ? reference : standInFor(reference);
}

beforeAll(async () => {
  trial = await openTrial(
    "trouble",
    {
      declaration: "quickstart",
      environment: "test",
      validationLevel: "comprehensive",
      ...usual,
    },
    "test/e2e/trouble/stacks",
  );
  await trial.setSecrets({ postgresPassword: "first-password" });
});

afterAll(() => trial.remove());

test("wrong values in the config are reported together, each with its path, before anything is created", async () => {
  const { code, output } = await upWith({ healthCheckInterval: "often", startupTimeoutMultiplier: "-1" });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_CONFIG_INVALID");
  expect(output).toContain('healthCheckInterval: "often" is not a duration');
  expect(output).toMatch(/startupTimeoutMultiplier: must be a number above 0 .*, and is -1/);
  expect(await services()).toEqual([]);
});

test("a secret without a value is named, with the command that sets it", async () => {
  const { code, output } = await upWith({ declaration: "withPartner" });
  trial.configure({ declaration: "quickstart" });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_CONFIG_INVALID");
  expect(output).toMatch(
    /secrets\.partnerToken: pulumi config set --secret --path "phasegate:secrets\.partnerToken" --stack trouble/,
  );
  expect(await services()).toEqual([]);
});

test("an engine that does not answer is reported with its address", async () => {
  const { code, output } = await trial.pulumi(["up", "--yes", "--skip-preview"], {
    env: { DOCKER_HOST: "unix:///nowhere/docker.sock" },
  });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_ENGINE_UNREACHABLE");
  expect(output).toContain("unix:///nowhere/docker.sock");
});

test("a port that is taken is named before anything is created", async () => {
  const squatter = createServer().listen(portBase, "127.0.0.1");
  await once(squatter, "listening");
  try {
    const { code, output } = await trial.up();
    expect(code).not.toBe(0);
    expect(output).toContain("PHASEGATE_PORT_TAKEN");
    expect(output).toMatch(/hello: port 127\.0\.0\.1:12000 is taken by the process .+ \(pid \d+\)/);
    expect(await services()).toEqual([]);
  } finally {
    squatter.close();
  }
});

test("an image that is not there is named, and the phase behind it does not begin", async () => {
  const { code, output } = await upWith({ images: { postgres: "postgres:no-such-tag" } });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_IMAGE_MISSING");
  expect(output).toContain("postgres:no-such-tag");
  expect(await services()).not.toContain("hello");
});

test("a service that becomes ready after its budget fails its gate", async () => {
  const { code, output } = await upWith({ startupTimeoutMultiplier: "0.005" });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_GATE_FAILED");
  expect(output).toMatch(/postgres is not ready after \d+ms of 300ms/);
  expect(output).toContain("raise the timeout of the phase database");
  expect(await services()).not.toContain("hello");
});

test("by the next up it is ready, and the stack comes up", async () => {
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
});

test("a service that exits at once is restarted by the policy, then reported with its exit code", async () => {
  const { code, output } = await upWith({ images: { hello: await available(nodeImage) } });
  expect(code).not.toBe(0);
  expect(output).toContain("PHASEGATE_GATE_FAILED");
  expect(output).toMatch(/hello exited with code 0, after .* and 3 restarts/);
});

test("a service that never listens is reported with what answered instead, and its last lines", async () => {
  const { code, output } = await upWith({
    images: { hello: await available("redis:7") },
    startupTimeoutMultiplier: "0.1",
  });
  expect(code).not.toBe(0);
  expect(output).toMatch(/hello is not ready after 6\.\ds of 6s: greets: connection refused by hello:8080/);
  expect(output).toContain("the last lines of quickstart-trouble-hello");
  expect(output).toContain("Nothing listens on its port");
});

test("a wrong password is reported as one, without either password", async () => {
  // The data keeps the password that it was initialised with.
  await trial.setSecrets({ postgresPassword: "second-password" });
  const preview = await trial.pulumi(["preview"]);
  expect(preview.output).toContain(
    "warning: postgres keeps its password in its volume data: the new value of the secret postgresPassword does not reach the data that is there",
  );
  const { code, output } = await upWith({ startupTimeoutMultiplier: "0.1" });
  expect(code).not.toBe(0);
  expect(output).toMatch(/postgres is not ready .*acceptsConnections: .*(password|authentication)/i);
  expect(output).toContain("Its data in the volume data keeps the password that it was created with");
  expect(output).toContain(
    'pulumi config set --secret --path "phasegate:secrets.postgresPassword" --stack trouble',
  );
  expect(output).not.toContain("raise the timeout");
  expect(trial.transcript()).not.toMatch(/first-password|second-password/);
});

test("a container that was removed by hand is created again by the next up", async () => {
  await trial.setSecrets({ postgresPassword: "first-password" });
  expect((await trial.up()).code).toBe(0);
  await docker.getContainer("quickstart-trouble-hello").remove({ force: true });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).toContain("the container of hello is not on the engine: it will be created");
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
});
