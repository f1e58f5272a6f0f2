import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import type { Incident } from "../../lib/model/transition.ts";
import { openFaultyStack, until, type FaultyStack } from "./faults/faulty-stack.ts";
import { removeSmallDisk, smallDisk, type SmallDisk } from "./faults/small-disk.ts";

/*
 * One fault after the other on one stack, each healed before the next. What was restarted is asserted from the engine's own
 * events. A service is restarted at most 5 times within 10 minutes for its own failures, so the faults are spread.
 */
const stackName = "faults";
const volume = `faulty-${stackName}-postgres-data`;
const docker = dockerClient();
let stack: FaultyStack;
let disk: SmallDisk | undefined;
let lastIncident = 0;

/** What came of a fault. Times in milliseconds from the fault on. */
interface Measured {
  readonly fault: string;
  readonly restarted: readonly string[];
  readonly noticedMs: number;
  readonly recoveredMs: number;
}
const measured: Measured[] = [];

beforeAll(async () => {
  await removeSmallDisk(docker, volume);
  stack = await openFaultyStack({
    stack: stackName,
    portBase: 18_000,
    prepare: async () => {
      disk = await smallDisk(docker, { volume, stack: stackName, mib: 160 });
    },
  });
  const { code, output } = await stack.trial.up();
  expect(code, output).toBe(0);
  await stack.healed();
});

afterAll(async () => {
  // For the benchmark.
  const file = process.env["PHASEGATE_FAULT_TIMES"];
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  disk?.remove();
  await stack.remove();
});

// What one fault has left behind is not the next one's.
beforeEach(async ({ onTestFailed }) => {
  onTestFailed(async () => {
    const lines = await stack.engine.logs((await stack.container("coordinator")).id, 60);
    console.error(lines.join("\n"));
  });
  await stack.healed();
  lastIncident = (await stack.incidentsAfter(0)).at(-1)?.id ?? 0;
});

interface Expected {
  readonly fault: string;
  /** What the engine has started, in this order, each once for each time that it stands here. */
  readonly restarted: readonly string[];
  readonly root: string;
  readonly cause: { readonly kind: string; readonly text: RegExp };
}

/** Brings a fault about, and waits until the coordinator has healed it with nobody's help. */
async function heals(expected: Expected, bringAbout: () => Promise<unknown>): Promise<void> {
  const count = stack.events.length;
  const beganMs = Date.now();
  await bringAbout();
  await until("an incident is open", async () => (await incidents()).length > 0 || undefined);
  await stack.healed();
  const incident = await expectOneIncident(expected);
  expect(incident.outcome).toBe("recovered");
  await expectEmptyPreview();
  expect(stack.startedSince(count)).toEqual(expected.restarted);
  const { openedMs, closedMs = NaN } = incident;
  const { fault, restarted } = expected;
  measured.push({ fault, restarted, noticedMs: openedMs - beganMs, recoveredMs: closedMs - beganMs });
}

const incidents = () => stack.incidentsAfter(lastIncident);

async function expectOneIncident({ root, cause, restarted }: Expected): Promise<Incident> {
  const all = await incidents();
  const [incident] = all;
  if (incident === undefined) throw new Error("there is no incident");
  expect(all.length, JSON.stringify(all)).toBe(1);
  expect(incident).toMatchObject({
    root,
    cause: { kind: cause.kind, text: expect.stringMatching(cause.text) as unknown },
  });
  const steps = incident.steps.filter(({ action }) => action === "restart");
  expect(steps.map(({ service }) => service)).toEqual(restarted.filter((one) => one !== "coordinator"));
  for (const [i, { service, result, because }] of steps.entries()) {
    const isLast = !steps.slice(i + 1).some((later) => later.service === service);
    expect(result, `${service}, because of ${because}`).toBe(isLast ? "ready" : "failed");
    if (service === root) expect(because).toBe(root);
    else expect(restarted).toContain(because);
  }
  return incident;
}

async function expectEmptyPreview(): Promise<void> {
  const { code, output } = await stack.trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, output).toBe(0);
}

async function becomes(service: string, wanted: string): Promise<void> {
  await until(
    `${service} is ${wanted}`,
    async () => (await stack.state(service)).state === wanted || undefined,
  );
}

const behindAuth = ["auth", "backend", "frontend"];

test("a process that is killed from inside is started again, and what depends on it follows in order", () =>
  heals(
    {
      fault: "process killed",
      restarted: behindAuth,
      root: "auth",
      cause: { kind: "exited", text: /exited with code 137/ },
    },
    () => stack.signal("auth", "KILL"),
  ));

test("one that ends at its start for a while is started until it stays", () =>
  heals(
    {
      fault: "exit 1 at the next 2 starts",
      restarted: ["frontend", "frontend", "frontend"],
      root: "frontend",
      cause: { kind: "exited", text: /exited with code 1/ },
    },
    () => stack.fail("frontend", "refuse", 2),
  ));

test("one that answers by another status is restarted", () =>
  heals(
    {
      fault: "HTTP status 500",
      restarted: behindAuth,
      root: "auth",
      cause: { kind: "unhealthy", text: /GET \/health answered 500/ },
    },
    () => stack.fail("auth", "status", 500),
  ));

test("one that answers slower than its probe waits is restarted, and what waits for it is not on its own account", () =>
  heals(
    {
      fault: "answers after 4 s",
      restarted: behindAuth,
      root: "auth",
      cause: { kind: "unhealthy", text: /no answer from auth:8080 within 2s/ },
    },
    () => stack.fail("auth", "slow", 4000),
  ));

test("one that listens no more, and lives on, is restarted", () =>
  heals(
    {
      fault: "port closed",
      restarted: ["backend", "frontend"],
      root: "backend",
      cause: { kind: "unhealthy", text: /connection refused by backend:8080/ },
    },
    () => stack.fail("backend", "close", 1),
  ));

test("one that is stopped by SIGSTOP is restarted", () =>
  heals(
    {
      fault: "frozen by SIGSTOP",
      restarted: ["backend", "frontend"],
      root: "backend",
      cause: { kind: "unhealthy", text: /no answer from backend:8080 within 2s/ },
    },
    () => stack.signal("backend", "STOP"),
  ));

test("a container that is paused is restarted: it does not answer, whoever has paused it", () =>
  heals(
    {
      fault: "container paused",
      restarted: ["backend", "frontend"],
      root: "backend",
      cause: { kind: "unhealthy", text: /no answer from backend:8080 within 2s/ },
    },
    async () => docker.getContainer((await stack.container("backend")).id).pause(),
  ));

test("one that the kernel kills for lack of memory is restarted, and the incident says so", async () => {
  const { id } = await stack.container("backend");
  const limit = (mib: number) =>
    docker.getContainer(id).update({ Memory: mib * 2 ** 20, MemorySwap: mib * 2 ** 20 });
  await limit(96);
  await heals(
    {
      fault: "out of memory",
      restarted: ["backend", "frontend"],
      root: "backend",
      cause: { kind: "exited", text: /killed for lack of memory/ },
    },
    () => stack.fail("backend", "memory", 200),
  );
  await limit(2048);
});

test("one that ends with what it needs is started after that, and is not what has failed", () =>
  heals(
    {
      fault: "process killed, and its dependent ends with it",
      restarted: ["clickhouse", "backend", "frontend"],
      root: "clickhouse",
      cause: { kind: "exited", text: /exited with code 137/ },
    },
    () => stack.signal("clickhouse", "KILL"),
  ));

test("one that is cut off its network is restarted, and ready once it is on it again", () =>
  heals(
    {
      fault: "network cut",
      restarted: ["clickhouse", "backend", "frontend"],
      root: "clickhouse",
      cause: { kind: "unhealthy", text: /clickhouse/ },
    },
    async () => {
      const { id } = await stack.container("clickhouse");
      const network = docker.getNetwork(`faulty-${stackName}`);
      const count = stack.events.length;
      await network.disconnect({ Container: id, Force: true });
      await until("clickhouse is restarted", () => stack.startedSince(count).length > 0 || undefined);
      await network.connect({ Container: id, EndpointConfig: { Aliases: ["clickhouse"] } });
    },
  ));

test("a crash loop is given up: its container is left, its dependents are degraded, and a command begins again", async () => {
  const count = stack.events.length;
  const beganMs = Date.now();
  // The two restarts before it count.
  const own = 3;
  await stack.fail("clickhouse", "refuse", own);
  await becomes("clickhouse", "givenUp");
  expect(stack.startedSince(count)).toEqual(Array.from({ length: own }, () => "clickhouse"));
  const { id, running, exitCode } = await stack.container("clickhouse");
  expect({ running, exitCode }).toEqual({ running: false, exitCode: 1 });
  const [givenUp] = await incidents();
  expect(givenUp).toMatchObject({
    root: "clickhouse",
    outcome: "givenUp",
    cause: { kind: "exited", text: "exited with code 1" },
  });
  // The one has ended with it, the other runs.
  const cause = {
    kind: "dependency",
    service: "clickhouse",
    text: expect.stringMatching(/given up/) as unknown,
  };
  expect(await stack.state("backend")).toMatchObject({ state: "pending", cause });
  expect(await stack.state("frontend")).toMatchObject({ state: "degraded", cause });

  const { steps } = await stack.call("command", { action: "restart", services: ["clickhouse"] });
  expect(steps).toMatchObject(
    ["clickhouse", "backend", "frontend"].map((service) => ({ service, result: "ready" })),
  );
  await stack.healed();
  expect((await stack.container("clickhouse")).id, "the same container").toBe(id);
  const restarted = [...Array.from({ length: own + 1 }, () => "clickhouse"), "backend", "frontend"];
  const { openedMs, closedMs = NaN } = await expectOneIncident({
    fault: "",
    restarted,
    root: "clickhouse",
    cause: { kind: "exited", text: /exited with code 1/ },
  });
  await expectEmptyPreview();
  expect(stack.startedSince(count)).toEqual(restarted);
  measured.push({
    fault: "crash loop, given up, then a command",
    restarted,
    noticedMs: openedMs - beganMs,
    recoveredMs: closedMs - beganMs,
  });
});

test("a database that answers wrongly is degraded and not restarted: no restart brings back a table", () =>
  heals(
    {
      fault: "a table is gone",
      restarted: [],
      root: "postgres",
      cause: { kind: "probe", text: /relation "version" does not exist/ },
    },
    async () => {
      const rename = (from: string, to: string) =>
        stack.run("postgres", [
          "psql",
          "-U",
          "app",
          "-d",
          "app",
          "-c",
          `ALTER TABLE ${from} RENAME TO ${to}`,
        ]);
      await rename("version", "away");
      await becomes("postgres", "degraded");
      // It would have been restarted within this time.
      await systemClock.sleep(2000);
      await rename("away", "version");
    },
  ));

test("a database whose disk is full is degraded until there is room", async ({ skip }) => {
  if (disk === undefined) return skip("a small disk needs root on the engine's machine");
  const { fill, free } = disk;
  await heals(
    {
      fault: "disk full under PostgreSQL",
      restarted: [],
      root: "postgres",
      // Its own words, which depend on what it was writing.
      cause: { kind: "probe", text: /No space left on device|could not write init file/ },
    },
    async () => {
      fill();
      await becomes("postgres", "degraded");
      free();
    },
  );
});

test("a database that crashes on a full disk comes back when there is room, and all that depends on it after it", async ({
  skip,
}) => {
  if (disk === undefined) return skip("a small disk needs root on the engine's machine");
  const { fill, free } = disk;
  await heals(
    {
      fault: "PostgreSQL crashes on a full disk",
      // What the migrations have done stays done.
      restarted: ["postgres", ...behindAuth],
      root: "postgres",
      cause: { kind: "exited", text: /exited with code 137/ },
    },
    async () => {
      const count = stack.events.length;
      fill();
      await stack.signal("postgres", "KILL");
      await until("postgres is started", () => stack.startedSince(count).length > 0 || undefined);
      await systemClock.sleep(2000);
      expect(stack.startedSince(count), "nobody follows what is not ready").toEqual(["postgres"]);
      free();
    },
  );
});

test("a stack that is held is left alone, and what has failed meanwhile is restarted afterwards", async () => {
  const count = stack.events.length;
  await stack.call("hold", { forMs: 60_000 });
  try {
    await stack.signal("frontend", "KILL");
    await until("its end is noticed", async () => (await incidents()).length > 0 || undefined);
    // Longer than its back-off.
    await systemClock.sleep(2000);
    expect(stack.startedSince(count)).toEqual([]);
  } finally {
    await stack.call("release", {});
  }
  await stack.healed();
  await expectOneIncident({
    fault: "",
    restarted: ["frontend"],
    root: "frontend",
    cause: { kind: "exited", text: /exited with code 137/ },
  });
  expect(stack.startedSince(count)).toEqual(["frontend"]);
});

test("a coordinator that is killed in a cascade goes on with it, and restarts nothing twice", () =>
  heals(
    {
      fault: "coordinator killed in a cascade",
      restarted: ["auth", "coordinator", "backend", "frontend"],
      root: "auth",
      cause: { kind: "exited", text: /exited with code 137/ },
    },
    async () => {
      const count = stack.events.length;
      await stack.signal("auth", "KILL");
      await until("auth is started", () => stack.startedSince(count).includes("auth") || undefined);
      await stack.signal("coordinator", "KILL");
    },
  ));

test("a coordinator that is killed while a gate waits comes back, and the same up goes on and succeeds", async () => {
  const count = stack.events.length;
  let killed: Promise<void> | undefined;
  stack.trial.configure({ declaration: "slowFrontend" });
  const { code, output } = await stack.trial.pulumi(["up", "--yes", "--skip-preview"], {
    onOutput: (text) => {
      if (/PhaseGate frontend updating .*0\/1 ready/.test(text))
        killed ??= stack.signal("coordinator", "KILL");
    },
  });
  expect(code, output).toBe(0);
  expect(killed, output).toBeDefined();
  await killed;
  await stack.healed();
  expect(stack.startedSince(count)).toEqual(["frontend", "coordinator"]);
  expect(await incidents()).toEqual([]);
  await expectEmptyPreview();
});

test("what an operator stops stays stopped, with who it was; started again, its dependents follow", async () => {
  const { id } = await stack.container("redis");
  const count = stack.events.length;
  await docker.getContainer(id).stop({ t: 1 });
  await becomes("redis", "stopped");
  expect(await stack.state("redis")).toMatchObject({ cause: { kind: "operator" } });
  // Longer than any back-off of a restart.
  await systemClock.sleep(2000);
  for (const service of behindAuth)
    expect(await stack.state(service)).toMatchObject({
      state: "degraded",
      cause: { kind: "dependency", service: "redis" },
    });
  expect(stack.startedSince(count)).toEqual([]);
  expect(await incidents(), "nothing has failed").toEqual([]);

  await docker.getContainer(id).start();
  await until("all follow", () => stack.startedSince(count).includes("frontend") || undefined);
  await stack.healed();
  await expectEmptyPreview();
  expect(stack.startedSince(count)).toEqual(["redis", ...behindAuth]);
});

test("what an operator removes is created again by the next up, and its dependents follow once", async () => {
  const { id } = await stack.container("backend");
  const count = stack.events.length;
  await docker.getContainer(id).remove({ force: true });
  await becomes("backend", "stopped");
  expect(await stack.state("backend")).toMatchObject({ cause: { kind: "operator", text: /gone/ } });
  expect(await stack.state("frontend")).toMatchObject({ state: "degraded", cause: { service: "backend" } });
  expect(stack.startedSince(count)).toEqual([]);

  const { code, output } = await stack.trial.up();
  expect(code, output).toBe(0);
  await stack.healed();
  await expectEmptyPreview();
  expect(stack.startedSince(count)).toEqual(["backend", "frontend"]);
});

test("after a restart by hand the dependents follow once, and an up beside it restarts nothing more", async () => {
  const { id } = await stack.container("auth");
  const count = stack.events.length;
  await docker.getContainer(id).restart({ t: 1 });
  const { code, output } = await stack.trial.up();
  expect(code, output).toBe(0);
  await stack.healed();
  await expectEmptyPreview();
  expect(stack.startedSince(count)).toEqual(behindAuth);
});
