import { afterAll, beforeAll, expect, test } from "vitest";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import type { ContainerState } from "../../lib/engine/engine.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// What is removed, stopped or interrupted by hand, on a small stack: plain `pulumi up` goes on. One sequence, in order.
const docker = dockerClient();
const engine = connectEngine();
let trial: TrialProject;

beforeAll(async () => {
  const config = { environment: "test", validationLevel: "comprehensive", portBase: 15_000 };
  trial = await openTrial("healing", config, "test/e2e/healing/stacks");
  await trial.setSecrets({ password: "a-password-of-healing" });
});
afterAll(() => trial.remove());

async function containers(): Promise<Record<string, ContainerState>> {
  const found = await engine.list({ "phasegate.stack": trial.stack });
  return Object.fromEntries(found.map((one) => [one.labels["phasegate.service"] ?? "", one]));
}

function phasegate(...args: string[]): Promise<CommandResult> {
  return trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
}

async function remove(...services: string[]): Promise<void> {
  for (const service of services)
    await docker.getContainer(`pair-healing-${service}`).remove({ force: true });
}

/** An `up` that is sent a SIGINT when its output first matches, and how long it went on after it. */
async function interrupted(
  declaration: string,
  level: string,
  pattern: RegExp,
  { group = false, args = ["up", "--yes", "--skip-preview"] } = {},
): Promise<CommandResult & { readonly afterMs: number }> {
  trial.configure({ declaration, validationLevel: level });
  let sentMs: number | undefined;
  const command = ["pulumi", ...args, "--stack", trial.stack, "--non-interactive", "--color", "never"];
  // A group of its own, as the foreground of a terminal is, whose Ctrl-C reaches every process of it.
  const result = await trial.run("setsid", command, {
    onOutput: (output, { pid = 0 }) => {
      if (sentMs !== undefined || !pattern.test(output)) return;
      sentMs = performance.now();
      process.kill(group ? -pid : pid, "SIGINT");
    },
  });
  if (sentMs === undefined) throw new Error(`it never came to ${pattern}:\n${result.output}`);
  return { ...result, afterMs: performance.now() - sentMs };
}

async function pendingOperations(): Promise<unknown> {
  const { output } = await trial.pulumi(["stack", "export"]);
  const { deployment } = JSON.parse(output) as { deployment: { pending_operations?: unknown[] } };
  return deployment.pending_operations ?? [];
}

const edgesWait = /PhaseEdges front creating .*connection refused/;
const gateWaits = /PhaseGate front (?:creating|updating) .*0\/1 ready/;

test("a Ctrl-C while edges are proven ends it at once, with what it waited for", async () => {
  const { code, output, afterMs } = await interrupted("edgeBroken", "productionSimulation", edgesWait);
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /interrupted: the edges of front were being proven: .*web cannot use cache: pings: connection refused/,
  );
  expect(output).toContain("PHASEGATE_INTERRUPTED");
  expect(afterMs).toBeLessThan(10_000);
  expect(await pendingOperations()).toEqual([]);
});

test.for([
  { how: "to pulumi alone", options: {} },
  { how: "to all processes of the terminal", options: { group: true } },
  { how: "in the update after a preview", options: { args: ["up", "--yes"] } },
])("a Ctrl-C $how while a gate waits ends it, with the gate and what it waited for", async ({ options }) => {
  const { code, output, afterMs } = await interrupted("neverReady", "comprehensive", gateWaits, options);
  expect(code).not.toBe(0);
  expect(output).toMatch(/interrupted: the gate of front was waiting: 0\/1 ready · web 0 of 1/);
  expect(output).toContain("The same command continues from here");
  expect(afterMs).toBeLessThan(10_000);
  expect(await pendingOperations()).toEqual([]);
});

test("the same command goes on after it: what ran was not started again", async () => {
  const before = await containers();
  trial.configure({ declaration: "pair" });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  const after = await containers();
  for (const service of ["coordinator", "cache", "web"])
    expect([after[service]?.id, after[service]?.startedMs], service).toEqual([
      before[service]?.id,
      before[service]?.startedMs,
    ]);
});

test("while one up runs, another is refused with who holds the lock, and since when", async () => {
  let second: Promise<CommandResult> | undefined;
  let api: Promise<CommandResult> | undefined;
  trial.configure({ declaration: "neverReady" });
  const first = trial.pulumi(["up", "--yes", "--skip-preview"], {
    onOutput: (output, command) => {
      if (second !== undefined || !gateWaits.test(output)) return;
      second = trial.up();
      api = trial.run("node", ["test/e2e/start-by-program.ts", trial.stack]);
      void Promise.allSettled([second, api]).then(() => command.kill("SIGINT"));
    },
  });
  await first;
  expect((await second)?.output).toMatch(/created by \S+ \(pid \d+\) at \d{4}-\d\d-\d\dT/);
  expect((await api)?.output).toMatch(
    /the stack healing is locked by \S+ \(pid \d+\) since \d{4}-\d\d-\d\dT/,
  );
  trial.configure({ declaration: "pair" });
  expect((await trial.up()).code).toBe(0);
});

test("a coordinator that was removed is said by every command, and created again by the same up", async () => {
  const before = await containers();
  await remove("coordinator");
  const status = await phasegate("status");
  expect(status.code).toBe(2);
  expect(status.output).toContain('"pulumi up --stack healing" creates it again');

  const preview = await trial.pulumi(["preview"]);
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  for (const { output } of [preview, up]) {
    expect(output).toContain("the container of coordinator is not on the engine: it will be created");
    expect(output).toContain(
      "the coordinator is replaced: all services are proven again, and none is restarted",
    );
    expect(output).not.toMatch(/will be (restarted|started)/);
  }
  const after = await containers();
  expect(after["coordinator"]?.running).toBe(true);
  for (const service of ["cache", "web"])
    expect(after[service]?.startedMs, service).toBe(before[service]?.startedMs);
  expect((await phasegate("status")).code).toBe(0);
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code, "no second replacement").toBe(0);
});

test("any containers that were removed are named together, and created again in order", async () => {
  await remove("coordinator", "cache", "web");
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).toContain("the containers of cache, coordinator and web are not on the engine");
  const { cache, web } = await containers();
  expect(web?.createdMs).toBeGreaterThan(cache?.startedMs ?? Infinity);
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
});

test("a stack that was stopped as a whole is started again in order, coordinator first", async () => {
  for (const { id } of Object.values(await containers())) await docker.getContainer(id).stop({ t: 1 });
  const status = await phasegate("status");
  expect(status.code).toBe(2);
  expect(status.output).toMatch(/is stopped .*"pulumi up --stack healing" starts it/);
  const preview = await trial.pulumi(["preview"]);
  expect((await containers())["coordinator"]?.running, "a preview changes nothing").toBe(false);

  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  for (const { output } of [preview, up]) {
    expect(output).toContain(
      "the coordinator is stopped, and will be started: all gates are waited for again",
    );
    expect(output).toContain("cache will be started and proven again");
    expect(output).toContain("web will be restarted: cache, which it needs, is replaced or restarted");
  }
  const { cache, web } = await containers();
  expect([cache?.running, web?.running]).toEqual([true, true]);
  expect(web?.startedMs).toBeGreaterThan(cache?.startedMs ?? Infinity);
  expect((await phasegate("status")).code).toBe(0);
});

test("a network that was removed from under the stopped containers is created again, and they with it", async () => {
  for (const { id } of Object.values(await containers())) await docker.getContainer(id).stop({ t: 1 });
  await docker.getNetwork("pair-healing-web").remove();
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).toContain("the network pair-healing-web is not on the engine: it will be created");
  expect(output).toContain("a network of cache, coordinator and web is not on the engine any more");
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
  expect((await phasegate("status")).code).toBe(0);
});

test("after a restart of the coordinator there is nothing to do: it goes on from its volume", async () => {
  const before = await containers();
  await docker.getContainer(before["coordinator"]?.id ?? "").restart({ t: 1 });
  const preview = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(preview.code, preview.output).toBe(0);
  expect((await phasegate("status")).code).toBe(0);
  const after = await containers();
  for (const service of ["cache", "web"])
    expect(after[service]?.startedMs, service).toBe(before[service]?.startedMs);
});

test("what somebody restarts by hand is proven at once, its dependents follow once, and an up has nothing to do", async () => {
  const before = await containers();
  await docker.getContainer(before["cache"]?.id ?? "").restart({ t: 1 });
  await expect
    .poll(async () => (await containers())["web"]?.startedMs, { timeout: 30_000 })
    .not.toBe(before["web"]?.startedMs);
  await expect.poll(async () => (await phasegate("status")).code, { timeout: 30_000 }).toBe(0);
  const followed = await containers();
  expect(followed["web"]?.startedMs).toBeGreaterThan(followed["cache"]?.startedMs ?? Infinity);
  const up = await trial.pulumi(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
  expect(up.code, up.output).toBe(0);
  expect((await containers())["web"]?.startedMs).toBe(followed["web"]?.startedMs);
});

test("a preview tells what somebody has changed on the engine, and what mends it", async () => {
  const web = docker.getContainer("pair-healing-web");
  await web.pause();
  const { code, output } = await trial.pulumi(["preview", "--expect-no-changes"]);
  await web.unpause();
  expect(code, output).toBe(0);
  expect(output).toContain(`web is paused. "docker unpause pair-healing-web" fixes it.`);
});

test("a timeout that changes is announced as what it is: nobody is restarted", async () => {
  const before = await containers();
  trial.configure({ startupTimeoutMultiplier: "2.0" });
  const preview = await trial.pulumi(["preview"]);
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  for (const { output } of [preview, up]) {
    expect(output).toMatch(/web will be proven again: its readiness spec has changed .*budget/);
    expect(output).not.toMatch(/will be (restarted|started)/);
  }
  const after = await containers();
  for (const service of ["cache", "web"])
    expect(after[service]?.startedMs, service).toBe(before[service]?.startedMs);
});

test("a service whose whole phase left the declaration leaves the status, and its exit code", async () => {
  trial.configure({ declaration: "cacheAlone" });
  const up = await trial.up();
  expect(up.code, up.output).toBe(0);
  expect(Object.keys(await containers()).sort()).toEqual(["cache", "coordinator"]);
  const { code, output } = await phasegate("status");
  expect(output).toContain("cache");
  expect(output).not.toContain("web");
  expect(code).toBe(0);
});
