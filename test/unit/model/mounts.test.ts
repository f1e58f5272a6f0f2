import { describe, expect, test } from "vitest";
import {
  externalVolume,
  hostFile,
  hostFolder,
  resolvePlan,
  service,
  tmpfs,
  tcp,
  volume,
  type Mount,
} from "phasegate";
import { hostPathProblems } from "../../../lib/pulumi/check-mounts.ts";
import { smallProfile, smallStack } from "../../support/small-stack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

interface Options {
  readonly mounts?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, `/${string}`>>;
  readonly files?: Readonly<Record<`/${string}`, readonly string[]>>;
}

function planOf({ mounts, ...options }: Options, others: Readonly<Record<string, Options>> = {}) {
  const one = (own: Options) =>
    service({
      ...{ image: "app:1", port: 80, validations: { ready: { listens: tcp(80, { level: "basic" }) } } },
      ...own,
      mounts: own.mounts as Readonly<Record<`/${string}`, Mount>>,
    });
  const services = Object.fromEntries(
    Object.entries({ app: { mounts, ...options }, ...others }).map(([name, own]) => [
      name,
      one(own as Options),
    ]),
  );
  return resolvePlan(smallStack(services), smallProfile, "dev");
}

function refusal(options: Options, others?: Readonly<Record<string, Options>>): string {
  try {
    planOf(options, others);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("a plan says of every mount what it is, defaults included", () => {
  const { services } = planOf({
    mounts: {
      "/etc/app.conf": hostFile("ops/app.conf"),
      "/data": hostFolder("./data", { writable: true }),
      "/tmp": tmpfs(),
      "/cache": tmpfs({ size: "64mb", mode: "0700" }),
      "/uploads": volume("uploads"),
      "/models": externalVolume("models_v2", { readOnly: true }),
    },
  });
  expect(services["app"]?.mounts).toEqual({
    "/etc/app.conf": { hostFile: "ops/app.conf", writable: false },
    "/data": { hostFolder: "./data", writable: true },
    "/tmp": { tmpfs: {} },
    "/cache": { tmpfs: { size: "64mb", mode: "0700" } },
    "/uploads": { volume: "uploads", readOnly: false },
    "/models": { externalVolume: "models_v2", readOnly: true },
  });
  expect(planOf({}).services["app"]).not.toHaveProperty("mounts");
});

describe("what is refused, with its place", () => {
  const of = (path: string, mount: unknown) => ({ mounts: { [path]: mount } });
  test.for<[string, Options, string]>([
    [
      "a form that is none",
      of("/a", "data"),
      'services.app.mounts["/a"]: must be made by hostFile(), hostFolder()',
    ],
    ["a path that is none", of("/a", hostFile("")), 'services.app.mounts["/a"].hostFile: must be a path'],
    ["a colon", of("/a:ro", hostFile("a")), 'services.app.mounts["/a:ro"]: "/a:ro" is not an absolute path'],
    ["the root", of("/", hostFolder("a")), 'services.app.mounts["/"]: "/" is not an absolute path'],
    [
      "a misspelt option",
      of("/a", { hostFolder: "a", writeable: true }),
      'services.app.mounts["/a"].writeable: is not known here; did you mean "writable"?',
    ],
    [
      "a size",
      of("/a", { tmpfs: { size: "64" } }),
      'services.app.mounts["/a"].tmpfs.size: "64" is not an amount',
    ],
    [
      "a mode",
      of("/a", { tmpfs: { mode: "rwx" } }),
      'services.app.mounts["/a"].tmpfs.mode: "rwx" is not permissions',
    ],
    [
      "a volume's name",
      of("/a", volume("A B")),
      'services.app.mounts["/a"].volume: "A B" is not a volume\'s name',
    ],
    [
      "two at one path",
      { mounts: { "/data/": tmpfs() }, volumes: { data: "/data" } },
      'services.app.mounts["/data/"]: /data is what is mounted at volumes["data"] already',
    ],
    [
      "a file at a mounted path",
      { mounts: { "/a": hostFile("a") }, files: { "/a": ["a"] } },
      'services.app.files["/a"]: /a is what is mounted at mounts["/a"] already',
    ],
    [
      "something inside of a file",
      { mounts: { "/a": hostFile("a"), "/a/b": tmpfs() } },
      'services.app.mounts["/a/b"]: /a/b is inside /a, which is a file',
    ],
    [
      "a file inside of memory",
      { mounts: { "/a": tmpfs() }, files: { "/a/b": ["b"] } },
      'services.app.files["/a/b"]: would be written before the container starts, and /a is empty whenever it does',
    ],
    [
      "a file inside of the host's folder",
      { mounts: { "/a": hostFolder("data") }, files: { "/a/b": ["b"] } },
      'services.app.files["/a/b"]: would be written into the host\'s folder data, which is mounted at /a',
    ],
  ])("%s", ([, options, message]) => {
    expect(refusal(options)).toContain(message);
  });

  test("a shared volume with the name of another service's own", () => {
    expect(
      refusal({ mounts: { "/a": volume("db-data") } }, { db: { volumes: { data: "/data" } } }),
    ).toContain(
      'services.app.mounts["/a"]: services.db.volumes.data has the same name on the engine: take another',
    );
  });
});

test("a host path that is not there, or is of the other kind, is found; relative ones are the project's", async () => {
  using folder = temporaryFolder();
  const mounts = {
    "/a": hostFile("package.json"),
    "/b": hostFolder("package.json"),
    "/c": hostFile("docs"),
    "/d": hostFolder(folder.path),
    "/e": hostFolder(`${folder.path}/none`),
    "/f": hostFile("package.json/none"),
  };
  const problems = await hostPathProblems(planOf({ mounts }));
  expect(problems.map(({ path }) => path)).toEqual(
    ["/b", "/c", "/e", "/f"].map((at) => `services.app.mounts["${at}"]`),
  );
  expect(problems[2]?.message).toBe(`there is no folder ${folder.path}/none on this machine`);
});
