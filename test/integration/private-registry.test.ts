import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import type { DockerfileBuild } from "../../lib/engine/dockerfile-image.ts";
import { prepareDockerfile } from "../../lib/engine/dockerfile-image.ts";
import type { PreparedImage, PullOptions } from "../../lib/engine/images.ts";
import { hasImage, missingImage, prepareImage } from "../../lib/engine/images.ts";
import type { RegistryAccount } from "../../lib/engine/registry-account.ts";
import { contextArchive } from "../../lib/project/build-context.ts";
import { account, privateRegistry, type PrivateRegistry } from "../support/private-registry.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const docker = dockerClient();
const silent = () => undefined;
const made = new Set<string>();
let registry: PrivateRegistry;
let image: string;
let known: RegistryAccount;

beforeAll(async () => {
  registry = await privateRegistry();
  image = `${registry.name}/team/app:1`;
  known = { registry: registry.name, ...account, advice: "Set the secret registryPassword: …" };
  await publish("first");
});
afterAll(async () => {
  for (const reference of made)
    if (await hasImage(docker, reference)) await docker.getImage(reference).remove({ force: true });
  await registry[Symbol.asyncDispose]();
});

/** Makes an image of one small file, pushes it as the tag's, and leaves none of it on the engine. */
async function publish(content: string, platform?: string): Promise<void> {
  await forget();
  await build({ Dockerfile: "FROM scratch\nCOPY content /\n", content }, { reference: image, platform });
  await registry.push(docker, image);
  await forget();
}

async function build(
  files: Readonly<Record<string, string>>,
  options: Pick<DockerfileBuild, "reference" | "platform" | "accounts">,
): Promise<PreparedImage> {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "api"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, "api", name), text);
  const context = () => contextArchive(folder.path, "api", "Dockerfile");
  return await prepareDockerfile(docker, { name: "api", file: "Dockerfile", context, ...options }, silent);
}

async function forget(): Promise<void> {
  if (await hasImage(docker, image)) await docker.getImage(image).remove({ force: true });
}

/** What is said where it is refused, before anything is pulled and by the attempt. */
async function refusals(options: PullOptions): Promise<string[]> {
  const ahead = await missingImage(docker, image, options);
  const pulled = await prepareImage(docker, image, silent, options).then(
    () => "it was pulled",
    (error: unknown) => (error as Error).message,
  );
  return [ahead?.message ?? "nothing is missing", pulled];
}

test("an image is pulled with the account of its registry, and found before by asking", async () => {
  expect(await missingImage(docker, image, { account: known })).toBeUndefined();
  expect(await prepareImage(docker, image, silent, { account: known })).toEqual({
    reference: image,
    source: "registry",
  });
  await forget();
});

test("without an account, the declaration's registries are named", async () => {
  for (const message of await refusals({}))
    expect(message).toMatch(
      /^the image \S+app:1 is not on this engine .*asks for an account \(.*\), and the declaration's "registries" have none/,
    );
});

test("a password that is refused names the registry, the user, the image and what to set", async () => {
  for (const message of await refusals({ account: { ...known, password: "wrong-password-4712" } })) {
    expect(message).toContain(`the image ${image} is not on this engine`);
    expect(message).toContain(`the registry ${registry.name} refuses the user ci (`);
    expect(message).toMatch(/\. Set the secret registryPassword: …$/);
    expect(message).not.toContain("wrong-password-4712");
  }
});

test("an image that is never pulled is not asked for", async () => {
  for (const message of await refusals({ account: known, pull: "never" }))
    expect(message).toMatch(/app:1 is not on this engine, and its pull policy is "never": load or build it/);
});

test("an image for another platform is not the one asked for", async () => {
  const [, message] = await refusals({ account: known, platform: "linux/arm64" });
  expect(message).toMatch(
    /no matching manifest for linux\/arm64.*Check the name and the tag, and whether it is there for linux\/arm64\.$/,
  );
  await forget();
  await publish("for arm64", "linux/arm64");
  const options = { account: known, platform: "linux/arm64" };
  expect(await prepareImage(docker, image, silent, options)).toEqual({
    reference: image,
    source: "registry",
  });
  expect((await docker.getImage(image).inspect()).Architecture).toBe("arm64");
  await forget();
});

test("an image that is always pulled has the reference of what the tag means now", async () => {
  const references: string[] = [];
  for (const content of ["one", "two"]) {
    await publish(content);
    for (let again = 0; again < 2; again++) {
      const { reference, source } = await prepareImage(docker, image, silent, {
        account: known,
        pull: "always",
      });
      expect(source).toBe("registry");
      references.push(reference);
      made.add(reference);
    }
  }
  expect(references[0]).toMatch(/\/team\/app@sha256:[0-9a-f]{64}$/);
  expect(references[1]).toBe(references[0]);
  expect(references[2]).not.toBe(references[0]);
  await forget();
});

test("a build pulls its base with the account, and says what to set where it is refused", async () => {
  await publish("a base");
  const reference = "phasegate/registry-trial:1";
  const on = (password: string) =>
    build(
      { Dockerfile: `FROM ${image}\nCOPY Dockerfile /\n` },
      { reference, accounts: [{ ...known, password }] },
    );
  const refused = await on("wrong-password-4712").then(
    () => "it was built",
    (error: unknown) => (error as Error).message,
  );
  expect(refused).toContain("the image of api cannot be built");
  expect(refused).toContain(`If ${registry.name} refuses the user ci: Set the secret registryPassword: …`);
  made.add(reference);
  expect(await on(account.password)).toMatchObject({ source: "built" });
});
