import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, test } from "vitest";
import { bundleReference, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { hasImage, missingImage, prepareImage } from "../../lib/engine/images.ts";
import { closedPort } from "../support/loopback.ts";
import { startRegistry } from "../support/registry.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const docker = dockerClient();
const built: string[] = [];
const silent = () => undefined;

afterAll(async () => {
  for (const reference of built) await docker.getImage(reference).remove({ force: true });
});

/** A program of one file that nobody has built before. */
async function newBundle(root: string): Promise<{ entry: string; reference: string }> {
  const name = `bundle-test-${process.pid}-${built.length}`;
  mkdirSync(join(root, name));
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, name, "main.ts"), `console.log(${JSON.stringify(Date.now())});\n`);
  const entry = `${name}/main.ts`;
  const reference = await bundleReference(root, entry);
  built.push(reference);
  return { entry, reference };
}

/** The images that were built for a reference and have no name. */
async function danglingImages(reference: string): Promise<string[]> {
  const filters = { dangling: ["true"], label: [`phasegate.bundle=${reference}`] };
  return (await docker.listImages({ filters })).map(({ Id }) => Id);
}

/** The images of a bundle, whatever their tags. */
async function imagesOf(reference: string): Promise<string[]> {
  const [repository] = reference.split(":");
  const images = await docker.listImages({ filters: { reference: [`${repository}:*`] } });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}

test("five jobs of one bundle are built once, and all of them see how it goes", async () => {
  using folder = temporaryFolder();
  const { entry, reference } = await newBundle(folder.path);
  const said: string[][] = [[], [], [], [], []];
  const images = await Promise.all(
    said.map((lines) => prepareBundle(docker, folder.path, entry, reference, (line) => lines.push(line))),
  );
  expect(images).toEqual(said.map(() => ({ reference, source: "built" })));
  expect(said[0]).toContainEqual(expect.stringMatching(`^building ${reference} on `));
  expect(said).toEqual(said.map(() => said[0]));
  expect(await imagesOf(reference)).toEqual([reference]);
  expect(await danglingImages(reference)).toEqual([]);
});

test("a build leaves its image, and none for each of its steps", async () => {
  using folder = temporaryFolder();
  const { entry, reference } = await newBundle(folder.path);
  await prepareBundle(docker, folder.path, entry, reference, silent);
  const { Parent } = await docker.getImage(reference).inspect();
  expect(Parent).toBe("");
});

test("processes that build the same at once leave one image, and its reference never moves", async () => {
  using folder = temporaryFolder();
  const { entry, reference } = await newBundle(folder.path);
  const ids = new Set<string>();
  const watched = setInterval(() => {
    docker
      .getImage(reference)
      .inspect()
      .then(({ Id }) => ids.add(Id), silent);
  }, 20);
  const codes = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = fork("test/support/bundle-builder.ts", [folder.path, entry, reference]);
      const [code] = (await once(child, "exit")) as [number];
      return code;
    }),
  );
  clearInterval(watched);
  expect(codes).toEqual([0, 0, 0]);
  expect(await imagesOf(reference)).toEqual([reference]);
  expect(await danglingImages(reference)).toEqual([]);
  expect(ids.size).toBe(1);
});

test("an image that the registry has is pulled once for all who ask, and found before by asking", async () => {
  await using registry = await startRegistry();
  expect(await missingImage(docker, registry.image)).toBeUndefined();
  expect(await hasImage(docker, registry.image)).toBe(false);
  const images = await Promise.all([1, 2, 3].map(() => prepareImage(docker, registry.image, silent)));
  built.push(registry.image);
  expect(images).toEqual(images.map(() => ({ reference: registry.image, source: "registry" })));
  expect(await prepareImage(docker, registry.image, silent)).toEqual(images[0]);
  const requested = registry.requests.length;
  expect(await missingImage(docker, registry.image)).toBeUndefined();
  expect(registry.requests.length, "an image that is here is not asked for").toBe(requested);
});

test("an image that no registry has given is the engine's own", async () => {
  using folder = temporaryFolder();
  const { entry, reference } = await newBundle(folder.path);
  await prepareBundle(docker, folder.path, entry, reference, silent);
  expect(await prepareImage(docker, reference, silent)).toEqual({ reference, source: "local" });
});

test("an image that the registry does not have is reported without pulling it", async () => {
  await using registry = await startRegistry();
  const absent = registry.image.replace(":1", ":2");
  const error = await missingImage(docker, absent);
  expect(error?.code).toBe("PHASEGATE_IMAGE_MISSING");
  expect(error?.message).toMatch(
    /app:2 is not on this engine and cannot be pulled: the registry answered: .*manifest unknown.* Check the name and the tag\.$/,
  );
  await expect(prepareImage(docker, absent, silent)).rejects.toThrow(
    /app:2 .*the registry answered: .*manifest/,
  );
});

test('"npm run images" is advised only where there is a recipe', async () => {
  const nowhere = `127.0.0.1:${await closedPort()}`;
  const advice = async (reference: string) => (await missingImage(docker, reference))?.message;
  expect(await advice(`${nowhere}/postgres:no-such-tag`)).toMatch(
    /no registry can be reached \(.*\), and there is no stand-in phasegate-stand-in\/postgres:no-such-tag\. Run "npm run images" to build it\.$/,
  );
  for (const reference of [
    `${nowhere}/kafka:4`,
    `${nowhere}/debian:no-such-tag`,
    `${nowhere}/postgres@sha256:${"0".repeat(64)}`,
  ])
    expect(await advice(reference), reference).toMatch(/load the image: "docker load"\.$/);
});
