import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { PhasegateError } from "../../lib/core/errors.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { startAtCreation, wasStartedAtCreation } from "../../lib/pulumi/providers/start-at-creation.ts";

// What Pulumi's docker provider does with a container: it creates it on the engine's own network, and moves it to those declared.
const docker = dockerClient();
const { reference: image } = await prepareImage(docker, "node:24-slim", () => undefined);
const network = `phasegate-test-${randomUUID().slice(0, 8)}`;
await docker.createNetwork({ Name: network });
const made: { remove(options: object): Promise<unknown> }[] = [];
afterAll(async () => {
  await startAtCreation({}, coordinator(true), undefined);
  for (const one of made) await one.remove({ force: true, v: true });
  await docker.getNetwork(network).remove();
});

let name = "";
const coordinator = (isThere: boolean) => ({
  container: `${name}-coordinator`,
  isThere: Promise.resolve(isThere),
});
const web = () => ({ [name]: { service: "web", networks: [network] } });
beforeEach(async () => {
  name = `phasegate-test-${randomUUID().slice(0, 8)}`;
  await startAtCreation(web(), coordinator(true), undefined);
});

async function created(options: { readonly name?: string; readonly command?: string } = {}) {
  const { name: own = name, command = "sleep" } = options;
  const container = await docker.createContainer({ name: own, Image: image, Cmd: [command, "60"] });
  made.push(container);
  return {
    id: container.id,
    isRunning: async () => (await container.inspect()).State.Running,
    leaveDefault: () => docker.getNetwork("bridge").disconnect({ Container: container.id }),
    join: () => docker.getNetwork(network).connect({ Container: container.id }),
  };
}

test("a container starts when it is on its networks, and not before", async () => {
  const { id, isRunning, leaveDefault, join } = await created();
  await leaveDefault();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await isRunning()).toBe(false);
  await join();
  await expect.poll(isRunning).toBe(true);
  expect(await wasStartedAtCreation(id)).toBe(true);
});

test("what the engine refuses then is reported to who asks for the start", async () => {
  const { id, leaveDefault, join } = await created({ command: "no-such-command" });
  await leaveDefault();
  await join();
  await expect
    .poll(() => wasStartedAtCreation(id).catch((error: unknown) => (error as PhasegateError).code))
    .toBe("PHASEGATE_CONTAINER_REFUSED");
});

test("nothing starts before there is a coordinator to probe it", async () => {
  await startAtCreation(web(), coordinator(false), undefined);
  const { id, isRunning, leaveDefault, join } = await created();
  await leaveDefault();
  await join();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await isRunning()).toBe(false);
  await created({ name: coordinator(false).container });
  await expect.poll(isRunning).toBe(true);
  expect(await wasStartedAtCreation(id)).toBe(true);
});

test("where no coordinator comes, the start is left to who asks for it", async () => {
  await startAtCreation(web(), coordinator(false), undefined);
  const { id, isRunning, leaveDefault, join } = await created();
  await leaveDefault();
  await join();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await startAtCreation({}, coordinator(false), undefined);
  expect(await wasStartedAtCreation(id)).toBe(false);
  expect(await isRunning()).toBe(false);
});

test("another container is left alone", async () => {
  const { id, isRunning, leaveDefault, join } = await created({ name: `${name}-other` });
  await leaveDefault();
  await join();
  expect(await wasStartedAtCreation(id)).toBe(false);
  expect(await isRunning()).toBe(false);
});

test("an engine that cannot be reached holds nobody up: who asks for the start is told", async () => {
  await startAtCreation(web(), coordinator(true), "unix:///no/such/socket");
  expect(await wasStartedAtCreation("any")).toBe(false);
});
