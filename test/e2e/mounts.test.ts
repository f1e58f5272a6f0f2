import { realpathSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// What is mounted is seen on the engine, and each change of it is previewed as what the provider does.
const docker = dockerClient();
let trial: TrialProject;
/** What a service passes on: nobody shows it. */
const passed = "passed-on-4711";

beforeAll(async () => {
  process.env["PHASEGATE_TRIAL_PASSED"] = passed;
  await removeExternals();
  await docker.createVolume({ Name: "mounts-trial-models" });
  await docker.createNetwork({ Name: "mounts-trial-proxy" });
  const config = { declaration: "mounted", environment: "test", validationLevel: "basic", portBase: 14_100 };
  trial = await openTrial("mounts", config, "test/e2e/mounts/stacks");
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(async () => {
  await trial.remove();
  // Neither of them is the stack's: they are there until somebody else removes them.
  expect(await docker.getVolume("mounts-trial-models").inspect()).toMatchObject({ Labels: {} });
  expect(await docker.getNetwork("mounts-trial-proxy").inspect()).toMatchObject({ Labels: {} });
  await removeExternals();
  expect(trial.transcript()).not.toContain(passed);
});

async function removeExternals(): Promise<void> {
  const { Volumes } = await docker.listVolumes();
  if (Volumes.some(({ Name }) => Name === "mounts-trial-models"))
    await docker.getVolume("mounts-trial-models").remove();
  for (const { Id, Name } of await docker.listNetworks())
    if (Name === "mounts-trial-proxy") await docker.getNetwork(Id).remove();
}

test("the engine has mounted what the declaration says", async () => {
  const { Mounts, HostConfig, NetworkSettings } = await docker.getContainer("mounted-mounts-web").inspect();
  const mounts = Object.fromEntries(
    Mounts.map(({ Destination, Type, Name, Source, RW }) => [
      Destination,
      [Type, Name ?? (Source && realpathSync(Source)), RW],
    ]),
  );
  expect(mounts).toEqual({
    "/etc/some.conf": ["bind", realpathSync("tsconfig.json"), false],
    "/srv/docs": ["bind", realpathSync("docs"), true],
    "/cache": ["tmpfs", "", true],
    "/uploads": ["volume", "mounted-mounts-uploads", false],
    "/models": ["volume", "mounts-trial-models", false],
  });
  expect(HostConfig.Mounts?.find(({ Target }) => Target === "/cache")?.TmpfsOptions).toEqual({
    SizeBytes: 8 * 1024 * 1024,
    Mode: 0o700,
  });
  expect(Object.keys(NetworkSettings.Networks).sort()).toEqual(["mounted-mounts", "mounts-trial-proxy"]);
  const joined = NetworkSettings.Networks["mounts-trial-proxy"] as {
    readonly Aliases: readonly string[] | null;
  };
  expect(joined.Aliases ?? []).not.toContain("web");
});

test("files are copied in, and variables come from a file and from the caller", async () => {
  const container = docker.getContainer("mounted-mounts-web");
  expect(await outputOf("mounted-mounts-web", ["cat", "/etc/copied.conf"])).toBe("copied = yes\n");
  expect(await outputOf("mounted-mounts-web", ["greet"])).toBe("greeted\n");
  const { Config } = await container.inspect();
  const env = Config.Env.filter((text) => /^(MODE|ZONE|PASSED|ABSENT)=/.test(text)).sort();
  expect(env).toEqual(["MODE=of a file", `PASSED=${passed}`, "ZONE=own"]);
});

test("another value of the caller's is previewed as a replacement, and shown nowhere", async () => {
  const { output } = await trial.pulumi(["preview", "--diff"], {
    env: { PHASEGATE_TRIAL_PASSED: "another-4712" },
  });
  expect(output).toMatch(/docker:index\/container:Container: \(replace\)/);
  expect(output).not.toContain("another-4712");
});

test("services share a volume", async () => {
  const { Mounts } = await docker.getContainer("mounted-mounts-api").inspect();
  expect(Mounts).toMatchObject([{ Name: "mounted-mounts-uploads", Destination: "/uploads", RW: true }]);
});

test("nothing differs without a change", async () => {
  const { code, output } = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, output).toBe(0);
});

test.for([
  "readOnly",
  "otherSize",
  "otherMode",
  "writableVolume",
  "otherNetworks",
  "otherFile",
  "notExecutable",
])("%s is previewed as a replacement", async (declaration) => {
  trial.configure({ declaration });
  const { output } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "mounted" });
  expect(output).toMatch(/docker:index:Container\s+web\s+replace/);
  expect(output).not.toMatch(/docker:index:Container\s+api\s/);
});

test("what is not there, or is of the other kind, is refused before anything is touched", async () => {
  trial.configure({ declaration: "missing" });
  const results = [await trial.pulumi(["preview"]), await trial.up()];
  trial.configure({ declaration: "mounted" });
  for (const { code, output } of results) {
    expect(code, output).not.toBe(0);
    expect(output).toContain("PHASEGATE_MOUNT_MISSING");
    expect(output).toMatch(/services\.web\.mounts\["\/a"\]: there is no file \S+\/no\/such\.conf/);
    expect(output).toMatch(/services\.web\.mounts\["\/b"\]: \S+\/tsconfig\.json is a file/);
    expect(output).toMatch(/services\.web\.mounts\["\/c"\]: \S+\/docs is a folder/);
    expect(output).toContain('services.web.mounts["/d"]: there is no volume mounts-trial-none');
    expect(output).toContain("services.web.externalNetworks[0]: there is no network mounts-trial-none");
  }
});

test("a file where the image has a folder is refused before the running container is deleted", async () => {
  trial.configure({ declaration: "misplaced" });
  const { code, output } = await trial.pulumi(["preview"]);
  trial.configure({ declaration: "mounted" });
  expect(code, output).not.toBe(0);
  expect(output).toMatch(
    /web: the file \S+tsconfig\.json cannot be mounted at \/etc: that is a folder in the image/,
  );
});

async function outputOf(name: string, command: readonly string[]): Promise<string> {
  const { output } = await trial.run("docker", ["exec", name, ...command]);
  return output;
}
