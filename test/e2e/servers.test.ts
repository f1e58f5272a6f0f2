import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import type { History } from "../../lib/model/history.ts";
import type { IncidentHistory } from "../../lib/model/transition.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// MariaDB, RabbitMQ and memcached behind a gate, probed by the coordinator in its container, with accounts that their images make.
const docker = dockerClient();
let trial: TrialProject;
let output: string;

beforeAll(async () => {
  const config = { declaration: "servers", environment: "test", validationLevel: "basic", portBase: 14_900 };
  trial = await openTrial("servers", config, "test/e2e/servers/stacks");
  const result = await trial.up();
  output = result.output;
  expect(result.code, output).toBe(0);
});
afterAll(() => trial.remove());

test("the clients' URLs have the accounts that the servers know", async () => {
  const { Config } = await docker.getContainer("servers-servers-asks").inspect();
  const url = (name: string) => Config.Env.find((entry) => entry.startsWith(`${name}=`));
  expect(url("DATABASE_URL")).toMatch(/^DATABASE_URL=mysql:\/\/shop:[\w-]{32}@database:3306\/shop$/);
  expect(url("BROKER_URL")).toMatch(/^BROKER_URL=amqp:\/\/shop:[\w-]{32}@broker:5672\/orders$/);
});

test.for([
  ["database", /poolFits/],
  // Nobody has declared the queue: the level does not ask for it.
  ["broker", /1 of 1 probes passed at level basic/],
  ["cache", /answers/],
] as const)("validate says how %s answers, and no secret", async ([service, expected]) => {
  const command = ["phasegate", "validate", service, "--stack", "servers"];
  const { output: answers } = await trial.run("npx", command);
  expect(answers).toMatch(expected);
  expect(answers).not.toMatch(/:\/\/\w+:[\w-]{32}@/);
});

test("the incident names the broker, though its consumer is the first to notice and to end", async () => {
  const { Id: id } = await docker.getContainer("servers-servers-broker").inspect();
  // From inside: a kill by the engine would be somebody's hand.
  const kill = ["sh", "-c", "kill -KILL $(pidof beam.smp)"];
  // With its container the command may end, too.
  const { exitCode } = await connectEngine().run(id, kill, AbortSignal.timeout(30_000));
  expect([0, 137]).toContain(exitCode);
  const incident = await vi.waitUntil(lastIncident, { timeout: 60_000, interval: 500 });
  expect(incident).toMatchObject({
    root: "broker",
    cause: { kind: "exited" },
    outcome: "recovered",
    services: { broker: "ready", consumer: "ready" },
  });
});

test("the broker has stayed ready for its minReady before it counted as ready, at its start and after the restart", async () => {
  const command = ["phasegate", "history", "--service", "broker", "--json", "--stack", "servers"];
  const { starts } = JSON.parse((await trial.run("npx", command)).output) as History;
  expect(starts.map(({ outcome }) => outcome)).toEqual(["ready", "ready"]);
  for (const { status } of starts) {
    const { readyMs = 0, minReady } = status;
    expect(minReady?.forMs).toBe(1000);
    expect(readyMs - (minReady?.passesSinceMs ?? Infinity)).toBeGreaterThanOrEqual(1000);
  }
});

/** The last incident, once it is over. */
async function lastIncident() {
  const { output: json } = await trial.run("npx", ["phasegate", "incidents", "--json", "--stack", "servers"]);
  const { incidents } = JSON.parse(json) as IncidentHistory;
  const [last] = incidents;
  return last?.closedMs !== undefined && last;
}

test("nothing differs without a change", async () => {
  const { code, output: told } = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, told).toBe(0);
});
