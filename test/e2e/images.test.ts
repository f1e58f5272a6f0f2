import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// An image is built from a Dockerfile of the project: what changes it, what does not, and what a build may show.
const docker = dockerClient();
let trial: TrialProject;
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
  const { reference: base } = await prepareImage(docker, "node:24-slim", () => undefined);
  const config = { declaration: "built", environment: "test", validationLevel: "basic", portBase: 14_300 };
  trial = await openTrial("images", config, "test/e2e/images/stacks");
  write({ Dockerfile: recipe(base), "main.js": program, "notes.md": "", ".dockerignore": "*.md\n" });
  await trial.setSecrets({ buildToken: token });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(async () => {
  await trial.remove();
  for (const { RepoTags } of await docker.listImages({ filters: { label: ["phasegate.dockerfile"] } }))
    for (const tag of RepoTags ?? [])
      if (tag.startsWith("phasegate/api:")) await docker.getImage(tag).remove({ force: true });
});

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
  for (const text of [state, plan, JSON.stringify([history, image]), trial.transcript()])
    expect(text).not.toContain(token);
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
