import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  file,
  passThrough,
  postgres,
  resolvePlan,
  secret,
  service,
  sql,
  tcp,
  type LifecyclePlan,
  type StackDeclaration,
} from "phasegate";
import { readEnvFile } from "../../../lib/project/env-file.ts";
import { largestFile, readSources } from "../../../lib/project/read-sources.ts";
import { smallProfile, smallStack } from "../../support/small-stack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type Options = Omit<Parameters<typeof service>[0], "image" | "validations">;

const app = (options: Options) =>
  smallStack({
    app: service({
      image: "app:1",
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
      ...options,
    }),
  });

/** The plan of a declaration in a project with these files. */
async function planIn(
  files: Readonly<Record<string, string | Uint8Array>>,
  declaration: StackDeclaration,
): Promise<LifecyclePlan> {
  using folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder.path, name), content);
  return resolvePlan(declaration, smallProfile, "dev", await readSources(folder.path, declaration));
}

async function refusal(...args: Parameters<typeof planIn>): Promise<string> {
  return planIn(...args).then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe("a file that is copied in", () => {
  const declaration = app({ mounts: { "/etc/app.conf": file("app.conf") } });

  test("is a hash in the plan, which changes with it", async () => {
    const of = async (text: string) =>
      (await planIn({ "app.conf": text }, declaration)).services["app"]?.mounts;
    const first = await of("a = 1\n");
    expect(first).toEqual({
      "/etc/app.conf": {
        file: "app.conf",
        sha256: "cb78bd8a17f7b751fe0d4663366dcbc257204033ef7ddd64b1f2969573b5b2e2",
        executable: false,
      },
    });
    expect(await of("a = 2\n")).not.toEqual(first);
  });

  test.for<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ["is missing", {}, "there is no file app.conf in the project's folder"],
    [
      "is too large",
      { "app.conf": "x".repeat(largestFile + 1) },
      "app.conf has 262145 bytes, and a file that is read has 262144 at most",
    ],
    ["is no UTF-8", { "app.conf": new Uint8Array([0xff, 0xfe, 0x41]) }, "app.conf is no text in UTF-8"],
    ["is no text", { "app.conf": "a\0b" }, "app.conf is no text: it holds the character NUL"],
    ["holds a key", { "app.conf": "-----BEGIN RSA PRIVATE KEY-----\nx\n" }, "app.conf holds a private key"],
  ])("%s: refused with its place", async ([, files, message]) => {
    expect(await refusal(files, declaration)).toContain(
      `services.app.mounts["/etc/app.conf"].file: ${message}`,
    );
  });

  test.for(["../app.conf", "/etc/app.conf", "a/../../b"])("%s is outside of the project", async (path) => {
    expect(await refusal({}, app({ mounts: { "/a": file(path) } }))).toContain(
      `services.app.mounts["/a"].file: "${path}" is not the path of a file in the project's folder`,
    );
  });

  test("cannot be written into a container that is read-only", async () => {
    const readOnly = app({ readOnly: true, mounts: { "/etc/app.conf": file("app.conf") } });
    expect(await refusal({ "app.conf": "" }, readOnly)).toContain(
      "services.app.readOnly: the engine could not write /etc/app.conf",
    );
  });

  test("that nobody has read is a problem, and no crash", () => {
    expect(() => resolvePlan(declaration, smallProfile, "dev")).toThrow("app.conf was not read");
  });
});

describe("files of variables", () => {
  test("later ones stand before earlier ones, and env before all", async () => {
    const declaration = app({ envFile: ["a.env", "b.env"], env: { C: "own" } });
    const files = { "a.env": "A=1\nB=1\nC=1\n", "b.env": 'B="2 # two"\n' };
    const { services } = await planIn(files, declaration);
    expect(services["app"]?.env).toEqual({ A: "1", B: "2 # two", C: "own" });
  });

  test("what looks like a secret is refused with file and line, and not quoted", async () => {
    const text =
      'MODE=fast\n# a comment\nTEXT="a\nb"\nexport DB_PASSWORD=s-9f2c71\nURL=postgres://u:pw-771@db/x\n';
    const message = await refusal({ "app.env": text }, app({ envFile: ["app.env"] }));
    expect(message).toContain(
      'services.app.envFile[0]: app.env:5: DB_PASSWORD looks like a secret in plain text: take it out, and write env: { DB_PASSWORD: secret("dbPassword") }',
    );
    expect(message).toContain("services.app.envFile[0]: app.env:6: URL holds a URL's password in plain text");
    expect(message).not.toMatch(/s-9f2c71|pw-771/);
  });

  test("a line that would be left out in silence is refused, and one inside of a value is not", () => {
    expect(readEnvFile("a.env", "A='x\ny z\n'\nB: 2\n\nC=1").problems).toEqual([
      { path: "a.env:4", message: 'is no variable: a line is NAME=value, or begins with "#"' },
    ]);
  });

  test("a variable that an option sets is refused", async () => {
    const database = postgres({
      image: "postgres:17",
      database: "app",
      password: secret("p"),
      envFile: ["db.env"],
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    });
    expect(await refusal({ "db.env": "POSTGRES_DB=other\n" }, smallStack({ database }))).toContain(
      "services.database.envFile[0]: db.env sets POSTGRES_DB, which is what the option database sets: say it there",
    );
  });
});

test("a variable of the caller's is in the plan by its name alone", () => {
  const env = { PROXY: passThrough("HTTP_PROXY"), ZONE: passThrough("TZ", { required: true }) };
  const { services } = resolvePlan(app({ env }), smallProfile, "dev");
  expect(services["app"]?.env).toEqual({});
  expect(services["app"]?.passThrough).toEqual({
    PROXY: { variable: "HTTP_PROXY", required: false },
    ZONE: { variable: "TZ", required: true },
  });
  expect(() => resolvePlan(app({ env: { A: passThrough("A B") } }), smallProfile, "dev")).toThrow(
    'services.app.env.A.passThrough: "A B" is not the name of a variable',
  );
});

test("a declaration of any shape can be read", async () => {
  for (const odd of [
    undefined,
    null,
    7,
    { services: 7 },
    { services: { a: null, b: { mounts: [1], envFile: "x" } } },
  ])
    expect(await readSources("/", odd as never)).toEqual({ files: {}, envFiles: {}, contexts: {} });
});
