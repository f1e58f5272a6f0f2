import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareDockerfile } from "../../lib/engine/dockerfile-image.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { contextArchive } from "../../lib/project/build-context.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const docker = dockerClient();
const { reference: base } = await prepareImage(docker, "node:24-slim", () => undefined);
const reference = "phasegate/dockerfile-trial:1";
afterAll(async () => {
  const { length } = await docker.listImages({ filters: { reference: [reference] } });
  if (length > 0) await docker.getImage(reference).remove();
});

/** Builds a folder with this Dockerfile, beside which there are two files, one of them left out. */
async function built(
  dockerfile: string,
  options: Partial<Parameters<typeof prepareDockerfile>[1]>,
): Promise<readonly string[]> {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "api"));
  const files = { Dockerfile: dockerfile, wanted: "wanted\n", left: "left\n", ".dockerignore": "left\n" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, "api", name), text);
  const said: string[] = [];
  const context = () => contextArchive(folder.path, "api", "Dockerfile");
  const build = { name: "api", reference, file: "Dockerfile", context, ...options };
  await prepareDockerfile(docker, build, (text) => said.push(text));
  return said;
}

const secret = "npm-token-4711";

// Another in each run: what a step has written is not written again where the builder remembers the step.
const version = String(Date.now());

test("a stage is built with its arguments and secrets, and the context without what is left out", async () => {
  const said = await built(
    `ARG BASE
FROM \${BASE} AS run
ARG VERSION
COPY . /context
RUN --mount=type=secret,id=npmrc wc -c < /run/secrets/npmrc > /length && echo "$VERSION" > /version && echo all is well
FROM run AS other
RUN false
`,
    { args: { BASE: base, VERSION: version }, target: "run", secrets: { npmrc: secret } },
  );
  expect(said.some((text) => text === "building api: all is well")).toBe(true);
  const command = ["sh", "-c", "ls -A /context; cat /length /version"];
  const container = await docker.createContainer({ Image: reference, Entrypoint: command });
  try {
    await container.start();
    await container.wait();
    const log = (await container.logs({ stdout: true })).toString("utf8").replaceAll(/[^\w.\n]/g, "");
    for (const line of ["wanted", "Dockerfile", `${secret.length}`, version]) expect(log).toContain(line);
    expect(log).not.toContain("left");
  } finally {
    await container.remove({ force: true });
  }
  const history = JSON.stringify(await docker.getImage(reference).history());
  expect(history).not.toContain(secret);
});

test("a build that fails shows what it has written last, and no secret", async () => {
  const failing = built(
    `ARG BASE
FROM \${BASE}
RUN --mount=type=secret,id=npmrc echo "no such package" && cat /run/secrets/npmrc && exit 7
`,
    { reference: "phasegate/dockerfile-trial:2", args: { BASE: base }, secrets: { npmrc: secret } },
  );
  const error = await failing.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  expect(error?.message).toContain("the image of api cannot be built");
  expect(error?.message).toContain("no such package");
  expect(error?.message).toContain("[secret]");
  expect(error?.message).not.toContain(secret);
});
