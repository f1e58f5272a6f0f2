import { expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { runProblems, type ImageRun } from "../../lib/engine/run-check.ts";

const docker = dockerClient();
const { reference: node } = await prepareImage(docker, "node:24-slim", () => undefined);
const { reference: redis } = await prepareImage(docker, "redis:7", () => undefined);

function problems(image: string, run: Partial<ImageRun>): Promise<string[]> {
  return runProblems(docker, image, { mounts: [], files: [], ...run });
}

/** What the engine itself says when it creates and starts such a container; empty where it runs. */
async function refusal(
  image: string,
  { entrypoint, command, mounts = [] }: Partial<ImageRun>,
): Promise<string> {
  try {
    const container = await docker.createContainer({
      Image: image,
      ...(entrypoint && { Entrypoint: [...entrypoint] }),
      ...(command && { Cmd: [...command] }),
      HostConfig: {
        NetworkMode: "none",
        Mounts: mounts.map((Target) => ({ Type: "volume", Source: "", Target })),
      },
    });
    try {
      await container.start();
      return "";
    } finally {
      await container.remove({ force: true, v: true });
    }
  } catch (error) {
    return String(error);
  }
}

const runs: { what: string; image: string; run: Partial<ImageRun>; reported: RegExp | undefined }[] = [
  { what: "what the image says", image: redis, run: {}, reported: undefined },
  {
    what: "a command on the path",
    image: node,
    run: { command: ["node", "--version"] },
    reported: undefined,
  },
  {
    what: "a command by its path",
    image: node,
    run: { command: ["/bin/sh", "-c", ":"] },
    reported: undefined,
  },
  {
    what: "an entrypoint behind a link",
    image: node,
    run: { entrypoint: ["sh", "-c", ":"] },
    reported: undefined,
  },
  // The image's entrypoint is run, and what it makes of the word shows in its log.
  { what: "a word for the image's entrypoint", image: redis, run: { command: ["nod"] }, reported: undefined },
  {
    what: "a command that the image lacks",
    image: node,
    run: { command: ["nod", "main.mjs"] },
    reported:
      /^the image \S+ has no command "nod": there is no \/usr\/local\/\S+\/nod, \S+\/nod … or \/\S+\/nod$/,
  },
  {
    what: "a command with its arguments in one word",
    image: node,
    run: { command: ["node --version"] },
    reported: /has no command "node --version": .*; a command is a list of words, without quotes of a shell$/,
  },
  {
    what: "an entrypoint that is not there",
    image: redis,
    run: { entrypoint: ["/no/entry.sh"] },
    reported: /has no command "\/no\/entry\.sh"$/,
  },
  {
    what: "a file that may not be executed",
    image: node,
    run: { command: ["/etc/passwd"] },
    reported: /^\/etc\/passwd of the image \S+ is a file that may not be executed$/,
  },
  {
    what: "a directory",
    image: node,
    run: { command: ["/etc"] },
    reported: /^\/etc of the image \S+ is a directory$/,
  },
  {
    what: "a volume on a directory",
    image: node,
    run: { mounts: ["/srv", "/new/deep"], command: ["node", "--version"] },
    reported: undefined,
  },
  {
    what: "a volume on a file",
    image: node,
    run: { mounts: ["/etc/passwd"], command: ["node", "--version"] },
    reported: /^a volume cannot be mounted at \/etc\/passwd: that is a file in the image/,
  },
  {
    what: "two volumes at one place",
    image: node,
    run: { mounts: ["/data", "/data/"], command: ["node", "--version"] },
    reported: /Duplicate mount point/,
  },
];

test.for(runs)("$what is judged as the engine judges it", async ({ image, run, reported }) => {
  const found = await problems(image, run);
  if (reported === undefined) expect(found).toEqual([]);
  else expect(found).toEqual([expect.stringMatching(reported)]);
  expect(await refusal(image, run), "the engine's own judgement").toEqual(
    reported ? expect.stringMatching(/./) : "",
  );
});

test("what a volume or the declaration brings is taken into account", async () => {
  expect(await problems(node, { command: ["/data/start"], mounts: ["/data"] })).toEqual([]);
  expect(
    await problems(node, { command: ["tool"], path: "/opt/tools:/bin", mounts: ["/opt/tools"] }),
  ).toEqual([]);
  expect(await problems(node, { command: ["/start.sh"], files: ["/start.sh"] })).toEqual([
    '/start.sh is written by the declaration, and may not be executed: run it by its interpreter, as in ["sh", "/start.sh"]',
  ]);
  expect(await problems(node, { command: ["node"], path: "/nowhere" })).toEqual([
    expect.stringMatching(/has no command "node": there is no \/nowhere\/node$/),
  ]);
});

test("nothing is left behind", async () => {
  const left = await docker.listContainers({ all: true, filters: { label: ["phasegate.trial=true"] } });
  expect(left).toEqual([]);
});
