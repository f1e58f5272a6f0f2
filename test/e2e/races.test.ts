import { afterAll, beforeAll, expect, test } from "vitest";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// The document's three race conditions, each run twice on the engine: with gates that wait for container health, where
// the failure shows, and with gates that ask what the client will need, where it does not.
const engine = connectEngine();
let trial: TrialProject;

beforeAll(async () => {
  const config = { environment: "test", validationLevel: "comprehensive", portBase: 13_000 };
  trial = await openTrial("race", config, "test/e2e/races/stacks");
  await trial.setSecrets({ password: "a-password-of-races" });
});
afterAll(() => trial.remove());

async function upFromNothing(declaration: string, level = "comprehensive") {
  await trial.destroy();
  trial.configure({ declaration, validationLevel: level });
  return trial.up();
}

async function services(): Promise<string[]> {
  const containers = await engine.list({ "phasegate.stack": trial.stack });
  return containers.flatMap(({ labels }) => labels["phasegate.service"] ?? []).sort();
}

const races = [
  {
    race: "database",
    title: "#1: the client starts while the database initialises",
    broken: /refused|terminating|starting up/i,
  },
  {
    race: "auth",
    title: "#2: the client starts while auth initialises its OAuth providers",
    broken: /auth answered 503/,
  },
  {
    race: "websocket",
    title: "#3: the client starts while the WebSocket manager does",
    broken: /server response: 503/i,
  },
] as const;

test.for(races)(
  "$title, and is broken, when the gate is the container's health",
  async ({ race, broken }) => {
    const { code, output } = await upFromNothing(`${race}ByHealth`);
    expect(code, output).not.toBe(0);
    expect(output).toMatch(/client is not ready after .*works/);
    expect(output).toMatch(broken);
  },
);

test.for(races)("$title: not when the gate asks what the client will need", async ({ race }) => {
  const { code, output } = await upFromNothing(`${race}Proven`);
  expect(code, output).toBe(0);
});

test("#2, from the client's place: a cache that does not answer there is found before the client is created", async () => {
  const { code, output } = await upFromNothing("listensOnOneNetwork", "productionSimulation");
  expect(code, output).not.toBe(0);
  expect(output).toContain("PHASEGATE_EDGE_FAILED");
  expect(output).toMatch(/client cannot use cache: .*connection refused by cache:6379/);
  expect(await services()).toEqual(["cache", "coordinator"]);
});

test("#2, from the client's place: the same stack begins where the cache listens everywhere", async () => {
  const { code, output } = await upFromNothing("listensEverywhere", "productionSimulation");
  expect(code, output).toBe(0);
  expect(await services()).toEqual(["cache", "client", "coordinator"]);
});
