import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, dockerClient, unlessMissing } from "../../lib/engine/docker-engine.ts";
import { finished, prepareImage } from "../../lib/engine/images.ts";
import { account, privateRegistry, type PrivateRegistry } from "../support/private-registry.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// One image is built from a Dockerfile of the project, the other is always pulled from a registry that asks for an
// account: what changes them, what does not, and what nobody shows.
const docker = dockerClient();
let trial: TrialProject;
let registry: PrivateRegistry;
let cache: string;
const container = () => docker.getContainer("images-images-api").inspect();
const token = "build-token-4711-4711";

const program = `
  process.once("SIGTERM", () => process.exit(0));
  require("node:http").createServer((_, response) => response.end(process.env.VERSION)).listen(8080);
`;
const recipe = (base: string) => `FROM ${base} AS run
ARG VERSION=0
ENV VERSION=\${VERSION}
COPY . /app
RUN --mount=type=secret,id=token wc -c < /run/secrets/token > /app/length
CMD ["node", "/app/main.js"]
FROM run AS other
RUN false
`;

beforeAll(async () => {
  registry = await privateRegistry();
  process.env["PHASEGATE_TRIAL_REGISTRY"] = registry.name;
  cache = `${registry.name}/team/cache:1`;
  const { reference: redis } = await prepareImage(docker, "redis:7", () => undefined);
  await publish(redis, "1");
  const { reference: base } = await prepareImage(docker, "node:24-slim", () => undefined);
  const config = { declaration: "built", environment: "test", validationLevel: "basic", portBase: 14_300 };
  trial = await openTrial("images", config, "test/e2e/images/stacks");
  write({ Dockerfile: recipe(base), "main.js": program, "notes.md": "", ".dockerignore": "*.md\n" });
  await trial.setSecrets({ buildToken: token, registryPassword: account.password });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(async () => {
  await trial.remove();
  await registry[Symbol.asyncDispose]();
  for (const { RepoTags } of await docker.listImages({ filters: { label: ["phasegate.dockerfile"] } }))
    for (const tag of RepoTags ?? [])
      if (tag.startsWith("phasegate/api:")) await docker.getImage(tag).remove({ force: true });
  for (const { RepoTags, RepoDigests } of await docker.listImages())
    await forget([...(RepoTags ?? []), ...(RepoDigests ?? [])]);
});

/** Takes the names of this registry away; the image itself may be others', too. */
async function forget(names: readonly string[]): Promise<void> {
  for (const name of names.filter((one) => one.startsWith(`${registry.name}/`)))
    await unlessMissing(answered(docker.getImage(name).remove({ force: true })));
}

/** Pushes an image as what the tag means, and leaves no tag of it on the engine. */
async function publish(of: string, label: string): Promise<void> {
  const archive = pack();
  archive.entry({ name: "Dockerfile" }, `FROM ${of}\nLABEL trial=${label}\n`);
  archive.finalize();
  await finished(docker, await docker.buildImage(archive as unknown as NodeJS.ReadableStream, { t: cache }));
  await registry.push(docker, cache);
  await docker.getImage(cache).remove({ force: true });
}

function write(files: Readonly<Record<string, string>>): void {
  mkdirSync(join(trial.dir, "api"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(trial.dir, "api", name), text);
}

test("the engine runs the stage that it has built, with its arguments and its secret", async () => {
  const { Config } = await container();
  expect(Config.Image).toMatch(/^phasegate\/api:[0-9a-f]{16}$/);
  expect(Config.Env).toContain("VERSION=1");
  const { output } = await trial.run("docker", [
    "exec",
    "images-images-api",
    "sh",
    "-c",
    "cd /app; cat length; ls -A",
  ]);
  expect(output.split("\n")).toEqual([
    `${token.length}`,
    ".dockerignore",
    "Dockerfile",
    "length",
    "main.js",
    "",
  ]);
});

test("nobody shows the secret of a build", async () => {
  const { Config } = await container();
  const { output: state } = await trial.pulumi(["stack", "export"]);
  const { output: plan } = await trial.run("node", [
    "lib/cli/main.ts",
    "plan",
    "--stack",
    "images",
    "--json",
  ]);
  expect(plan).toContain('"buildToken"');
  const history: unknown = await docker.getImage(Config.Image).history();
  const image = await docker.getImage(Config.Image).inspect();
  const file = join(homedir(), ".docker", "config.json");
  const config = existsSync(file) ? readFileSync(file, "utf8") : "";
  expect(config).not.toContain(registry.name);
  for (const secret of [token, account.password])
    for (const text of [state, plan, JSON.stringify([history, image]), trial.transcript()])
      expect(text).not.toContain(secret);
});

test("nothing differs without a change, nor by a file that is left out or another value of the secret", async () => {
  write({ "notes.md": "more" });
  await trial.setSecrets({ buildToken: `${token}-other` });
  const { code, output } = await trial.pulumi(["preview", "--expect-no-changes"]);
  await trial.setSecrets({ buildToken: token });
  expect(code, output).toBe(0);
});

test("another source file, and another argument, are previewed as replacements", async () => {
  write({ "main.js": `${program}\n// Changed.\n` });
  const { output: bySource } = await trial.pulumi(["preview"]);
  write({ "main.js": program });
  trial.configure({ declaration: "otherArgument" });
  const { output: byArgument } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "built" });
  for (const output of [bySource, byArgument])
    expect(output).toMatch(/docker:index:Container\s+api\s+replace/);
});

test("another platform is previewed as a replacement of its container alone", async () => {
  trial.configure({ declaration: "forPlatform" });
  const { output } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "built" });
  expect(output).toMatch(/docker:index:Container\s+api\s+replace/);
  expect(output).not.toMatch(/docker:index:Container\s+cache\s/);
});

test("an image that is always pulled runs by its digest; another one of its tag is previewed, and runs", async () => {
  const image = async () => (await docker.getContainer("images-images-cache").inspect()).Config.Image;
  const before = await image();
  expect(before).toMatch(new RegExp(`^${registry.name}/team/cache@sha256:[0-9a-f]{64}$`));
  await publish(before, "2");
  const { output } = await trial.pulumi(["preview"]);
  expect(output).toMatch(/docker:index:Container\s+cache\s+replace/);
  expect(output).not.toMatch(/docker:index:Container\s+api\s/);
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  expect(await image()).not.toBe(before);
});

test("a password that is refused, and an image that is never pulled, are told before anything is touched", async () => {
  await trial.setSecrets({ registryPassword: "another-password-4712" });
  const { output: refused } = await trial.pulumi(["preview"]);
  await trial.setSecrets({ registryPassword: account.password });
  expect(refused).toContain("error: nothing was changed: images that images-images needs cannot be had:");
  expect(refused).toContain("[PHASEGATE_IMAGE_MISSING]");
  expect(refused).toContain(`cache: the image ${cache} cannot be pulled`);
  expect(refused).toContain(`the registry ${registry.name} refuses the user ci (`);
  expect(refused).toContain(
    'Set the secret registryPassword: pulumi config set --secret --path "phasegate:secrets.registryPassword" --stack images',
  );
  expect(refused).not.toContain("another-password-4712");
  trial.configure({ declaration: "neverPulled" });
  const { output: never } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "built" });
  expect(never).toMatch(/cache: the image \S+cache:2 is not on this engine, and its pull policy is "never"/);
});

test("a build that fails says which step, and what it wrote; what runs stays", async () => {
  const before = await container();
  write({
    "main.js": 'console.log("changed")',
    Dockerfile: recipe(before.Config.Image).replace("RUN --mount", "RUN echo no such package >&2; exit 7 #"),
  });
  const { code, output } = await trial.up();
  expect(code, output).not.toBe(0);
  expect(output).toContain("PHASEGATE_IMAGE_BUILD_FAILED");
  expect(output).toMatch(
    /the image of api cannot be built: the step "\[run 3\/3\] RUN echo no such package.*" of Dockerfile failed: exit code: 7\n\s+no such package/,
  );
  const after = await container();
  expect([after.Id, after.State.Running]).toEqual([before.Id, true]);
});
