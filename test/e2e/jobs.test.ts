import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// Jobs on a small stack, on the engine. One sequence, in order.
const docker = dockerClient();
let trial: TrialProject;

beforeAll(async () => {
  const config = { environment: "test", declaration: "counted", portBase: 15_200 };
  trial = await openTrial("jobs", config, "test/e2e/jobs/stacks");
});
afterAll(() => trial.remove());

/** What a job has written in all of its runs: the store's count of them. */
async function written(job: string): Promise<string[]> {
  const logs = await docker.getContainer(`counted-jobs-${job}`).logs({ stdout: true, stderr: true });
  // Each line has a header of eight bytes.
  return [...logs.toString("latin1").matchAll(/.{8}(.*)\n/gs)].map(([, line = ""]) => line);
}

test("a job that needs a slow store of its own phase waits for it, and is run exactly once", async () => {
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).toMatch(/PhaseGate data creating .*count waits for store/);
  expect(await written("count")).toEqual(["1"]);
});
