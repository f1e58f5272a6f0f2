import { Readable } from "node:stream";
import type Docker from "dockerode";
import { expect, test } from "vitest";
import { buildLog } from "../../../lib/engine/build-log.ts";
import type { DockerfileBuild } from "../../../lib/engine/dockerfile-image.ts";
import { prepareDockerfile } from "../../../lib/engine/dockerfile-image.ts";

/** An engine that has no image, and builds with what it has. */
function engineOf(version: object): Docker & { readonly built: object[] } {
  const built: object[] = [];
  const engine = {
    built,
    modem: {},
    version: () => Promise.resolve(version),
    getImage: () => ({
      inspect: () => Promise.reject(Object.assign(new Error("none"), { statusCode: 404 })),
    }),
    buildImage: (_context: unknown, options: object) => {
      built.push(options);
      return Promise.reject(new Error("it builds"));
    },
  };
  return engine as unknown as Docker & { readonly built: object[] };
}

const build: DockerfileBuild = {
  ...{ name: "api", reference: "phasegate/api:1", file: "Dockerfile" },
  context: () => Promise.resolve(Readable.from([])),
};
const refusal = (engine: Docker, more: Partial<DockerfileBuild>) =>
  prepareDockerfile(engine, { ...build, ...more }, () => undefined).then(
    () => "nothing",
    (error: unknown) => (error as Error).message,
  );

test.for([
  { ApiVersion: "1.38", Os: "linux" },
  { ApiVersion: "1.43", Os: "windows" },
  { ApiVersion: "1.41", Os: "linux", Components: [{ Name: "Podman Engine" }] },
])("an engine without BuildKit is given no secrets: %o", async (version) => {
  const engine = engineOf(version);
  expect(await refusal(engine, { secrets: { npmrc: "token-4711" } })).toMatch(
    /the image of api cannot be built: it is given secrets, and this engine has no BuildKit/,
  );
  expect(engine.built).toEqual([]);
  // Without secrets the classic builder does it.
  expect(await refusal(engine, {})).toContain("it builds");
  expect(engine.built).toHaveLength(1);
  expect(engine.built[0]).not.toHaveProperty("session");
});

test("the classic builder's steps come one after the other: the last one has failed", () => {
  const log = buildLog(2);
  const texts = ["Step 1/2 : FROM base\n", " ---> 1\n", "Step 2/2 : RUN npm ci\n", "one\n", "two\nthree\n"];
  expect(texts.flatMap((stream) => log.read({ stream }))).toEqual([
    ...["Step 1/2 : FROM base", " ---> 1", "Step 2/2 : RUN npm ci", "one", "two", "three"],
  ]);
  expect(log.failure()).toEqual({ step: "Step 2/2 : RUN npm ci", lines: ["two", "three"] });
});

/** A field of a message of Protocol Buffers that has a length. */
const field = (number: number, value: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, Buffer.byteLength(value)]), Buffer.from(value)]);
const traced = (...messages: readonly Buffer[]) => ({
  id: "moby.buildkit.trace",
  aux: Buffer.concat(messages).toString("base64"),
});

test("BuildKit's steps run side by side: what failed stands with its own lines, and what it ended does not", () => {
  const log = buildLog(20);
  const began = (step: string, name: string) =>
    field(1, Buffer.concat([field(1, step), field(3, name), field(5, "t")]));
  const ended = (step: string, name: string, error: string) =>
    field(
      1,
      Buffer.concat([
        ...[field(1, step), field(3, name)],
        ...[field(5, "t"), field(6, "t"), field(7, error)],
      ]),
    );
  const wrote = (step: string, text: string) => field(3, Buffer.concat([field(1, step), field(4, text)]));
  log.read(traced(began("a", "[a 2/2] RUN sleep"), began("b", "[b 2/2] RUN npm ci")));
  log.read(traced(wrote("b", "no such package\n"), wrote("a", "still here\n")));
  log.read(
    traced(
      ended("a", "[a 2/2] RUN sleep", "context canceled"),
      ended("b", "[b 2/2] RUN npm ci", "exit code: 1"),
    ),
  );
  expect(log.failure()).toEqual({ step: "[b 2/2] RUN npm ci", lines: ["no such package"] });
});
