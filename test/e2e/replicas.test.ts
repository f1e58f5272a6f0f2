import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// A service of several instances behind a gate, scaled up and down, and one of them killed. One sequence, in order.
const engine = connectEngine();
let trial: TrialProject;

beforeAll(async () => {
  const config = { environment: "test", validationLevel: "basic", portBase: 16_000, declaration: "several" };
  trial = await openTrial("replicas", config, "test/e2e/external/stacks");
});
afterAll(() => trial.remove());

function phasegate(...args: string[]): Promise<CommandResult> {
  return trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
}

/** Each service's container, and when it was started last. */
async function running(): Promise<Record<string, string>> {
  const found = await engine.list({ "phasegate.stack": trial.stack });
  const entries = found.map(
    ({ labels, id, startedMs }) => [labels["phasegate.service"] ?? "", `${id} ${startedMs}`] as const,
  );
  return Object.fromEntries(entries.toSorted());
}

async function states(): Promise<Record<string, string>> {
  const { output } = await phasegate("status", "--json");
  const { services } = JSON.parse(output) as { services: { service: string; state: string }[] };
  return Object.fromEntries(services.map(({ service, state }) => [service, state]));
}

const ready = { "api-1": "ready", "api-2": "ready", "api-3": "ready", web: "ready" };

test("scaling up adds instances, and leaves alone what runs", async () => {
  const first = await trial.up();
  expect(first.code, first.output).toBe(0);
  const before = await running();
  expect(Object.keys(before)).toEqual(["api-1", "coordinator", "web"]);
  trial.configure({ replicas: { api: 3 } });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(await running()).toMatchObject(before);
  expect(await states()).toEqual(ready);
});

test("the service's name reaches all of them", async () => {
  const { output } = await trial.run("docker", ["exec", "several-replicas-web", "getent", "ahostsv4", "api"]);
  expect(new Set(output.match(/^[0-9.]+/gm)).size).toBe(3);
});

test("one that is killed is restarted alone, and nothing else happens", async () => {
  const { "api-2": killed, ...others } = await running();
  await trial.run("docker", ["exec", "several-replicas-api-2", "sh", "-c", "kill -9 -1"]);
  await vi.waitFor(
    async () => {
      expect((await running())["api-2"]).not.toBe(killed);
      expect(await states()).toEqual(ready);
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(await running()).toMatchObject(others);
  const { output } = await phasegate("events", "--last", "50");
  expect(output).not.toMatch(/web .*degraded/);
});

test("a command takes the declared name, and restarts one after the other", async () => {
  const { web, coordinator } = await running();
  const { code, output } = await phasegate("restart", "api");
  expect(code, output).toBe(0);
  const after = await running();
  expect([after["web"], after["coordinator"]]).toEqual([web, coordinator]);
  const started = ["api-1", "api-2", "api-3"].map((name) => Number(after[name]?.split(" ")[1]));
  expect(started).toEqual(started.toSorted((a, b) => a - b));
});

test("what happened to the instances is asked for by the declared name", async () => {
  const [restarts, validation, mistake] = await Promise.all([
    phasegate("history", "--service", "api"),
    phasegate("validate", "api"),
    phasegate("latencies", "apo"),
  ]);
  for (const name of ["api-1", "api-2", "api-3"]) expect(restarts.output).toContain(` ${name} `);
  expect(validation.output).toMatch(/✓ api-2 greets .*\napi is ready: 3 of 3 probes passed/s);
  expect(mistake.output).toContain("apo (did you mean api?)");
});

test("a gate names the instance that is not ready", async () => {
  trial.configure({ declaration: "oneBroken" });
  const { code, output } = await trial.up();
  expect(code).not.toBe(0);
  expect(output).toMatch(/The gate of apis did not open: api-2 is not ready/);
});

test("scaling down removes the last ones", async () => {
  trial.configure({ declaration: "several", replicas: { api: 2 } });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(Object.keys(await running())).toEqual(["api-1", "api-2", "coordinator", "web"]);
});
