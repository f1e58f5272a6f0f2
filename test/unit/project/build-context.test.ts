import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dockerfile, resolvePlan, secret, service, tcp, type StackDeclaration } from "phasegate";
import { contextEntries, readContext } from "../../../lib/project/build-context.ts";
import { readSources } from "../../../lib/project/read-sources.ts";
import { dockerfileReference } from "../../../lib/pulumi/container/dockerfile-source.ts";
import { smallProfile, smallStack } from "../../support/small-stack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function contextOf(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ Dockerfile: "FROM scratch\n", ...files })) {
    mkdirSync(join(folder.path, "api", name, ".."), { recursive: true });
    writeFileSync(join(folder.path, "api", name), text);
  }
  return folder;
}

test("a context is what .dockerignore leaves, and the two files that the builder reads", async () => {
  using folder = contextOf({
    ".dockerignore": "# not needed\nnode_modules\n*.log\n!kept.log\nDockerfile\n",
    ...{ "main.js": "", "a.log": "", "kept.log": "", "node_modules/x/index.js": "", "sub/b.log": "" },
  });
  const paths = (await contextEntries(folder.path, "api", "Dockerfile")).map(({ path }) => path);
  expect(paths.sort()).toEqual([".dockerignore", "Dockerfile", "kept.log", "main.js", "sub/b.log"]);
});

test("another content, mode, path or link is another context, and what is left out is not", async () => {
  using folder = contextOf({ ".dockerignore": "left\n", run: "#!/bin/sh\n" });
  const at = (name: string) => join(folder.path, "api", name);
  const hashes: string[] = [];
  const again = async () => {
    const read = await readContext(folder.path, "api", "Dockerfile");
    hashes.push("problem" in read ? read.problem : read.sha256);
  };
  await again();
  writeFileSync(at("left"), "out");
  await again();
  expect(hashes[1]).toBe(hashes[0]);
  writeFileSync(at("run"), "#!/bin/sh -e\n");
  await again();
  chmodSync(at("run"), 0o755);
  await again();
  symlinkSync("run", at("link"));
  await again();
  expect(new Set(hashes).size).toBe(4);
});

const of = (options?: Parameters<typeof dockerfile>[1]) =>
  smallStack({
    api: service({
      image: dockerfile("api", options),
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),
  });

test("a plan has the folder, the options and a hash of the context, and names the secrets", async () => {
  using folder = contextOf({});
  const plan = async (declaration: StackDeclaration) =>
    resolvePlan(declaration, smallProfile, "dev", await readSources(folder.path, declaration));
  const { services, secrets } = await plan(
    of({ target: "run", args: { V: "3" }, secrets: { npmrc: secret("npmrc") } }),
  );
  const image = services["api"]?.image;
  expect(image).toMatchObject({
    ...{ dockerfile: "api", file: "Dockerfile", target: "run", args: { V: "3" } },
    secrets: { npmrc: { secret: "npmrc" } },
  });
  expect(secrets).toEqual({ npmrc: { generate: false } });
  const referenceOf = async (options?: Parameters<typeof dockerfile>[1]) => {
    const other = (await plan(of(options))).services["api"]?.image;
    if (other === undefined || !("dockerfile" in other)) throw new Error("it is built from a Dockerfile");
    return dockerfileReference(other);
  };
  const references = [
    await referenceOf(),
    await referenceOf({ target: "run" }),
    await referenceOf({ args: { V: "4" } }),
  ];
  expect(new Set(references).size).toBe(3);
  for (const reference of references) expect(reference).toMatch(/^phasegate\/api:[0-9a-f]{16}$/);
});

test("a folder or a Dockerfile that is not there is refused with its place", async () => {
  using folder = contextOf({});
  const refusal = async (declaration: StackDeclaration) => {
    const sources = await readSources(folder.path, declaration);
    return expect(() => resolvePlan(declaration, smallProfile, "dev", sources));
  };
  (await refusal(of({ file: "run.Dockerfile" }))).toThrow(
    "services.api.image.dockerfile: there is no file run.Dockerfile in api",
  );
  const other = smallStack({
    api: service({
      image: dockerfile("other"),
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),
  });
  (await refusal(other)).toThrow(
    "services.api.image.dockerfile: there is no folder other in the project's folder",
  );
});
