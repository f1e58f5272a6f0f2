import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import { removeLeftovers } from "./trial-project.ts";

// What somebody does who has cloned the repository and read two lines of the README. The clone is of what is committed;
// its stack has a name of its own, so that it meets nobody's on this engine.
const stack = "door";
const engine = connectEngine();
let clone: string;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a person who has used nothing of this project yet: the toolchain's cache is all that is there. */
function newcomer(): NodeJS.ProcessEnv {
  const root = process.cwd();
  const entries = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|npm_|NODE_|VITEST)/.test(name));
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const own = path.filter((dir) => !dir.startsWith(root) && !dir.includes("phasegate/toolchain"));
  return { ...Object.fromEntries(entries), PATH: own.join(delimiter), NO_COLOR: "1" };
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: clone, env: newcomer(), maxBuffer: 64 * 1024 * 1024 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}

const npmRun = (script: string, ...args: readonly string[]) =>
  run("npm", ["run", script, "--", "--stack", stack, ...args]);

function git(...args: readonly string[]): string {
  return execFileSync("git", ["-c", "user.name=door", "-c", "user.email=door@localhost", ...args], {
    cwd: clone,
    encoding: "utf8",
  });
}

/** Changes a tracked file, runs, and puts the file back. */
async function withFile<T>(
  file: string,
  change: (text: string) => string,
  body: () => Promise<T>,
): Promise<T> {
  writeFileSync(join(clone, file), change(readFileSync(join(clone, file), "utf8")));
  try {
    return await body();
  } finally {
    git("checkout", "--quiet", "--", file);
  }
}

/** The process that changes the stack, as Pulumi's own lock names it. */
function lockHolder(): number {
  const locks = join(clone, ".phasegate/state/.pulumi/locks/organization/phasegate", stack);
  const [file = ""] = readdirSync(locks).filter((name) => name.endsWith(".json"));
  return (JSON.parse(readFileSync(join(locks, file), "utf8")) as { readonly pid: number }).pid;
}

async function services(): Promise<string[]> {
  const containers = await engine.list({ "phasegate.stack": stack });
  return containers.flatMap(({ labels }) => labels["phasegate.service"] ?? []).sort();
}

beforeAll(async () => {
  await removeLeftovers(stack);
  clone = mkdtempSync(join(tmpdir(), "phasegate-door-"));
  execFileSync("git", ["clone", "--quiet", process.cwd(), clone]);
  writeFileSync(
    join(clone, `Pulumi.${stack}.yaml`),
    `config:
  phasegate:declaration: quickstart
  phasegate:environment: development
  phasegate:validationLevel: comprehensive
  phasegate:portBase: 13000
`,
  );
  git("add", ".");
  git("commit", "--quiet", "--message", "A stack of the test's own");
});

afterAll(async () => {
  await removeLeftovers(stack);
  rmSync(clone, { recursive: true });
});

test("a declaration that does not compile is reported with file and line, before anything is set up", async () => {
  const { code, stdout } = await withFile(
    "stacks/quickstart.ts",
    (text) => text.replace("defineStack({", "defineStack({ nmae: 1,"),
    () => npmRun("up"),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/the declarations do not compile:\s+stacks\/quickstart\.ts\(\d+,\d+\): error TS\d+/);
  expect(stdout).not.toContain("toolchain");
});

test("a secret that must not be made up is named with the command that sets it, before anything is created", async () => {
  const { code, stdout } = await withFile(
    "stacks/quickstart.ts",
    (text) => text.replace('secret("postgresPassword", { generate: true })', 'secret("postgresPassword")'),
    () => npmRun("up"),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /secrets\.postgresPassword: pulumi config set --secret --path "phasegate:secrets\.postgresPassword" --stack door/,
  );
  expect(stdout).not.toContain("    at ");
  expect(await services()).toEqual([]);
});

test("npm run up brings the stack up, names what it generates, and writes no tracked file", async () => {
  const { code, stdout, stderr } = await npmRun("up");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toContain("types of the declarations are right");
  expect(stdout).toMatch(/door: postgresPassword: generated by the next up/);
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
  expect(git("status", "--porcelain")).toBe("");
});

test("a stack whose file is broken keeps the shell of npm run env from nothing", async () => {
  writeFileSync(join(clone, "Pulumi.broken.yaml"), "config:\n\tphasegate:environment: development\n");
  const script =
    'eval "$(npm run -s env)" && pulumi preview --stack door --non-interactive --expect-no-changes';
  const { code, stdout, stderr } = await run("bash", ["-c", script]);
  rmSync(join(clone, "Pulumi.broken.yaml"));
  expect(code, stdout + stderr).toBe(0);
  expect(stderr).toMatch(/stack broken: .*Pulumi\.broken\.yaml/);
  expect(git("status", "--porcelain")).toBe("");
});

test.each(["coordinator", "hello"])("npm run up heals a stack whose %s was removed", async (service) => {
  await dockerClient().getContainer(`quickstart-${stack}-${service}`).remove({ force: true });
  const { code, stdout, stderr } = await npmRun("up");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toContain(`container quickstart-${stack}-${service}: gone from the engine`);
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
});

test("npm run up heals a stack of which everything was removed but its data", async () => {
  const containers = await engine.list({ "phasegate.stack": stack });
  await Promise.all(containers.map(({ id }) => dockerClient().getContainer(id).remove({ force: true })));
  await dockerClient().getNetwork(`quickstart-${stack}`).remove();
  const { code, stdout, stderr } = await npmRun("up");
  expect(code, stdout + stderr).toBe(0);
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
});

test("npm run up refuses a stack that another checkout has brought up, and says how to go on", async () => {
  const state = join(clone, ".phasegate/state");
  const away = join(clone, ".phasegate/away");
  renameSync(state, away);
  const { code, stdout } = await npmRun("up");
  rmSync(state, { recursive: true });
  renameSync(away, state);
  expect(code).toBe(1);
  expect(stdout).toContain("stack door of quickstart is on this engine already");
  expect(stdout).toContain("npm run down -- --stack door");
});

test("npm run down keeps data and the secrets that open it, so that the next up goes on with both", async () => {
  expect((await npmRun("down")).code).toBe(0);
  expect(await services()).toEqual([]);
  const { code, stdout, stderr } = await npmRun("up");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).not.toContain("generated by the next up");
});

test("after a Pulumi that was killed, npm run up clears its lock, settles what it left open, and goes on", async () => {
  expect((await npmRun("down")).code).toBe(0);
  const killed = npmRun("up");
  await vi.waitFor(async () => expect(await services()).toContain("postgres"), {
    timeout: 60_000,
    interval: 100,
  });
  process.kill(lockHolder(), "SIGKILL");
  expect((await killed).code).not.toBe(0);
  const { code, stdout, stderr } = await npmRun("up");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toContain("door: cleared the lock of a process that is gone");
  expect(await services()).toEqual(["coordinator", "hello", "postgres"]);
});

test("a generated secret whose data outlived it is not made up again: the message names the data", async () => {
  const shell = 'eval "$(npm run -s env)"';
  const destroy = `${shell} && pulumi destroy --stack ${stack} --yes --skip-preview --non-interactive`;
  expect((await run("bash", ["-c", destroy])).code).toBe(0);
  const up = `${shell} && pulumi up --stack ${stack} --yes --skip-preview --non-interactive`;
  for (const { code, stdout } of [await npmRun("up"), await run("bash", ["-c", up])]) {
    expect(code).not.toBe(0);
    expect(stdout).toContain("PHASEGATE_SECRET_LOST");
    expect(stdout).toContain(`the volume quickstart-${stack}-postgres-data is there from an earlier stack`);
  }
});

test("npm run down --volumes leaves nothing, and no tracked file has changed", async () => {
  const { code, stdout, stderr } = await npmRun("down", "--volumes");
  expect(code, stdout + stderr).toBe(0);
  const { Volumes } = await dockerClient().listVolumes({ filters: { label: [`phasegate.stack=${stack}`] } });
  expect(Volumes).toEqual([]);
  expect(git("status", "--porcelain")).toBe("");
});
