import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeImage } from "../../lib/engine/bundle-image.ts";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import type { ContainerState } from "../../lib/engine/engine.ts";
import { standInFor } from "../../lib/engine/images.ts";
import { hasImage } from "../../lib/engine/images.ts";
import type { StackStatus } from "../../lib/model/control-answers.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// One sequence, in order: each test goes on from where the one before has left the stack.
const docker = dockerClient();
const engine = connectEngine();
const secretNames = [
  "postgresPassword",
  "redisPassword",
  "clickhousePassword",
  "clientSecret",
  "sessionSecret",
];
const secrets = Object.fromEntries(
  secretNames.map((name) => [name, `s3cret-${randomBytes(24).toString("hex")}`]),
);
const phases = {
  infrastructure: ["postgres", "redis", "clickhouse", "migrations"],
  businessServices: ["auth"],
  applicationServices: ["backend"],
  frontendServices: ["frontend"],
};
const predecessors = {
  businessServices: "infrastructure",
  applicationServices: "businessServices",
  frontendServices: "applicationServices",
} as const;

let trial: TrialProject;
let firstUp: CommandResult;

/** The stack's containers by service. */
async function containers(): Promise<Record<string, ContainerState>> {
  const found = await engine.list({ "phasegate.stack": trial.stack });
  return Object.fromEntries(
    found.map((container) => [container.labels["phasegate.service"] ?? "", container]),
  );
}

async function status(): Promise<StackStatus> {
  const { stdout } = await phasegate("status", "--json");
  return JSON.parse(stdout) as StackStatus;
}

async function phasegate(...args: string[]): Promise<{ code: number; stdout: string }> {
  const { code, output } = await trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
  return { code, stdout: output };
}

beforeAll(async () => {
  trial = await openTrial("e2e", {
    environment: "test",
    validationLevel: "comprehensive",
    portBase: 11000,
    startupTimeoutMultiplier: "1.0",
  });
  await trial.setSecrets(secrets);
});

afterAll(() => trial.remove());

test("a probe that fails keeps its gate closed: later phases do not exist, and the message says why", async () => {
  // A job that ends well without having migrated anything: the databases answer, the application could not work.
  const node = (await hasImage(docker, nodeImage)) ? nodeImage : standInFor(nodeImage);
  trial.configure({ images: { migrations: node }, startupTimeoutMultiplier: "0.1" });
  firstUp = await trial.up();
  expect(firstUp.code).not.toBe(0);
  expect(firstUp.output).toContain("PHASEGATE_GATE_FAILED");
  expect(firstUp.output).toMatch(/postgres.*migrationsComplete.*relation "alembic_version" does not exist/);
  const there = await containers();
  expect(Object.keys(there).sort()).toEqual(["clickhouse", "coordinator", "migrations", "postgres", "redis"]);
  expect(there["postgres"]?.running, "what ran is left for inspection").toBe(true);
});

test("repaired, the same command continues from there and completes", async () => {
  trial.configure({ images: undefined, startupTimeoutMultiplier: "1.0" });
  const { code, output } = await trial.up();
  expect(output).toContain("engine-healthy");
  expect(code).toBe(0);
  expect((await status()).services.map(({ service, state }) => `${service} ${state}`).sort()).toEqual(
    Object.values(phases)
      .flat()
      .map((service) => `${service} ready`)
      .sort(),
  );
});

test("no container was created before the gate of the phase before had opened", async () => {
  const there = await containers();
  const { services } = await status();
  for (const [phase, before] of Object.entries(predecessors) as [
    keyof typeof predecessors,
    keyof typeof phases,
  ][]) {
    const opened = Math.max(
      ...phases[before].map((name) => services.find(({ service }) => service === name)?.readyMs ?? Infinity),
    );
    for (const service of phases[phase])
      expect(there[service]?.createdMs ?? 0, `${service} after ${before}`).toBeGreaterThan(opened);
  }
});

test("a second up and a preview change nothing", async () => {
  const up = await trial.up();
  expect(up.output).toMatch(/Resources:\n\s+49 unchanged/);
  expect(up.code).toBe(0);
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
});

test("status and validate answer for a person, for a machine and by their exit code", async () => {
  expect((await phasegate("status")).stdout).toMatch(/auth +businessServices +ready/);
  expect((await phasegate("status")).code).toBe(0);
  const validation = await phasegate("validate", "frontend", "--json");
  expect(JSON.parse(validation.stdout)).toMatchObject({
    service: "frontend",
    level: "comprehensive",
    passed: true,
  });
  expect(validation.code).toBe(0);
  expect((await phasegate("validate", "fronted")).code).toBe(2);
});

test("a preview shows a change of the lifecycle as plain properties", async () => {
  trial.configure({ startupTimeoutMultiplier: "2.0" });
  const { code, output } = await trial.pulumi(["preview", "--diff"]);
  trial.configure({ startupTimeoutMultiplier: "1.0" });
  expect(code).toBe(0);
  expect(output).toMatch(/budget *: "120s" => "240s"/);
  expect(output).not.toMatch(/docker:index\/container:Container/);
});

test("a preview says which services a replaced container will restart, and why", async () => {
  const { image = "" } = (await containers())["redis"] ?? {};
  await docker.getImage(image).tag({ repo: "phasegate-e2e/redis", tag: "other" });
  trial.configure({ images: { redis: "phasegate-e2e/redis:other" } });
  const { code, output } = await trial.pulumi(["preview"]);
  expect(code, output).toBe(0);
  expect(output).toContain("auth will be restarted: redis, which it needs, is replaced or restarted");
  expect(output).toContain("backend will be restarted: auth and redis, which it needs, are replaced");
  expect(output).toContain("frontend will be restarted: auth and backend, which it needs, are replaced");
  expect(output).not.toMatch(/migrations will be|postgres will be|clickhouse will be/);
});

test("a replaced container is proven, then its dependents are restarted in order, each behind its gate", async () => {
  const before = await containers();
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  const after = await containers();
  const { services } = await status();
  for (const service of Object.values(phases).flat())
    expect(after[service]?.id === before[service]?.id, service).toBe(service !== "redis");
  for (const service of ["postgres", "clickhouse", "migrations"])
    expect(after[service]?.startedMs, service).toBe(before[service]?.startedMs);
  const order = ["redis", "auth", "backend", "frontend"];
  for (const [i, service] of order.slice(1).entries()) {
    const ready = services.find((status) => status.service === order[i])?.readyMs ?? Infinity;
    expect(after[service]?.startedMs ?? 0, `${service} after ${order[i]}`).toBeGreaterThan(ready);
  }
});

test("a service that died is started and proven again by the same command, and what needs it restarted", async () => {
  const before = await containers();
  await docker.getContainer(before["auth"]?.id ?? "").kill();
  expect((await phasegate("validate", "auth")).code).toBe(1);
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  const after = await containers();
  expect(after["auth"]?.running).toBe(true);
  for (const service of ["backend", "frontend"])
    expect(after[service]?.startedMs ?? 0, service).toBeGreaterThan(after["auth"]?.startedMs ?? Infinity);
  expect(after["redis"]?.startedMs).toBe(before["redis"]?.startedMs);
  expect((await phasegate("status")).code).toBe(0);
  expect((await trial.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
});

test("a program starts, asks and mends the stack by the API named as in the document", async () => {
  const { code, output } = await trial.run("node", ["test/e2e/use-automation.ts", trial.stack]);
  expect(code, output).toBe(0);
  const { startup, validation, response, well } = JSON.parse(output) as Record<string, unknown>;
  expect(startup).toMatchObject({
    environment: "test",
    started: true,
    phases: Object.entries(phases).map(([phase, services]) => ({
      phase,
      services: expect.arrayContaining(
        services.map((service) => expect.objectContaining({ service, state: "ready" }) as unknown),
      ) as unknown,
    })),
  });
  expect(validation).toMatchObject({ service: "redis", level: "basic", passed: true });
  expect(response).toMatchObject({
    recovered: true,
    steps: ["auth", "backend", "frontend"].map((service) => ({
      service,
      action: "restart",
      result: "ready",
    })),
  });
  expect(well).toMatchObject({ recovered: true, steps: [] });
});

test("no secret is in the state, in a message, in a log, in a label, or in a container that does not need it", async () => {
  const values = Object.values(secrets);
  const found = (text: string) =>
    values.filter((value) => text.includes(value)).map((value) => secretNames[values.indexOf(value)]);
  expect(found(trial.transcript()), "the output of every command so far").toEqual([]);
  const state = await trial.run("sh", [
    "-c",
    'cat "$(find state -type f -name "*.json" | head -1)"; find state -type f -exec cat {} +',
  ]);
  expect(state.output.length).toBeGreaterThan(100_000);
  expect(found(state.output), "the state").toEqual([]);

  const needed: Record<string, readonly string[]> = {
    postgres: ["postgresPassword"],
    redis: ["redisPassword"],
    clickhouse: ["clickhousePassword"],
    migrations: ["postgresPassword"],
    auth: ["postgresPassword", "redisPassword", "clientSecret", "sessionSecret"],
    backend: ["postgresPassword", "redisPassword", "clickhousePassword"],
    frontend: ["clientSecret"],
    coordinator: [],
  };
  for (const [service, { id, labels }] of Object.entries(await containers())) {
    expect(found(JSON.stringify(labels)), `the labels of ${service}`).toEqual([]);
    expect(found((await engine.logs(id, 10_000)).join("\n")), `the log of ${service}`).toEqual([]);
    const inspected = found(JSON.stringify(await docker.getContainer(id).inspect()));
    expect(
      inspected.filter((name) => !needed[service]?.includes(name ?? "")),
      `docker inspect of ${service}`,
    ).toEqual([]);
  }
});

test("down leaves nothing but the data", async () => {
  expect((await trial.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
  expect(await containers()).toEqual({});
  expect(await docker.listNetworks({ filters: { label: [`phasegate.stack=${trial.stack}`] } })).toEqual([]);
  const { Volumes } = await docker.listVolumes({ filters: { label: [`phasegate.stack=${trial.stack}`] } });
  expect(Volumes.map(({ Name }) => Name).sort()).toEqual([
    "netra-e2e-clickhouse-data",
    "netra-e2e-coordinator-history",
    "netra-e2e-postgres-data",
    "netra-e2e-redis-data",
  ]);
});
