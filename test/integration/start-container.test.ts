import { expect, test } from "vitest";
import type { PhasegateError } from "../../lib/core/errors.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { startContainer } from "../../lib/pulumi/providers/start-container.ts";
import { startContainer as startPublished } from "../support/containers.ts";

// What an engine refuses when a container starts, in its own words, though the checks before have found nothing.
const docker = dockerClient();
const { reference: image } = await prepareImage(docker, "node:24-slim", () => undefined);

type Options = Parameters<typeof docker.createContainer>[0];

async function created(options: Options) {
  const container = await docker.createContainer({ Image: image, ...options });
  return {
    id: container.id,
    inspect: () => container.inspect(),
    [Symbol.asyncDispose]: async () => void (await container.remove({ force: true, v: true })),
  };
}

async function reported(id: string): Promise<{ code: string; message: string }> {
  try {
    await startContainer("web", id, undefined);
    return { code: "started", message: "" };
  } catch (error) {
    return error as PhasegateError;
  }
}

test.for([
  { what: "a command that is not there", options: { Cmd: ["nod"] }, cause: /lacks the command/ },
  {
    what: "a file that may not be executed",
    options: { Cmd: ["/etc/passwd"] },
    cause: /may not be executed/,
  },
  {
    what: "a user that is not there",
    options: { Cmd: ["node"], User: "nobody-at-all" },
    cause: /names a user/,
  },
])(
  "$what is reported with its cause, a code, a next step and the engine's words",
  async ({ options, cause }) => {
    await using container = await created(options);
    const { code, message } = await reported(container.id);
    expect(code).toBe("PHASEGATE_CONTAINER_REFUSED");
    expect(message).toMatch(/^web could not be started: /);
    expect(message).toMatch(cause);
    expect(message).toMatch(
      /Then the same command continues from here\.\nthe container engine refused: .{20}/,
    );
  },
);

test("a port that was taken in the meantime is reported as such", async () => {
  await using holder = await startPublished({ image, port: 80, command: ["sleep", "60"] });
  await using container = await created({
    Cmd: ["sleep", "60"],
    ExposedPorts: { "80/tcp": {} },
    HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: String(holder.port) }] } },
  });
  const { code, message } = await reported(container.id);
  expect(code).toBe("PHASEGATE_PORT_TAKEN");
  expect(message).toMatch(/^web could not be started: a port that it publishes is taken/);
});

test("one that has run already is left as it is", async () => {
  await using container = await created({ Cmd: ["true"] });
  expect((await reported(container.id)).code).toBe("started");
  await expect.poll(async () => (await container.inspect()).State.Status).toBe("exited");
  const { State: before } = await container.inspect();
  expect((await reported(container.id)).code).toBe("started");
  expect((await container.inspect()).State.StartedAt).toBe(before.StartedAt);
});
