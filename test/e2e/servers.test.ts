import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
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

test("nothing differs without a change", async () => {
  const { code, output: told } = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, told).toBe(0);
});
