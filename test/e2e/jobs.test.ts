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
  // Each piece has a header of eight bytes, which end with its length.
  const lines: string[] = [];
  for (let at = 0; at < logs.length; at += 8 + logs.readUInt32BE(at + 4))
    lines.push(logs.toString("utf8", at + 8, at + 8 + logs.readUInt32BE(at + 4)).trim());
  return lines;
}

const jobs = ["migrate", "seed", "warm"] as const;
async function allWritten(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const job of jobs) found[job] = await written(job);
  return found;
}

test("a job that needs a slow store of its own phase waits for it, and is run exactly once", async () => {
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).toMatch(/PhaseGate data creating .*migrate waits for store/);
  expect(await allWritten()).toEqual({ migrate: ["1"], seed: ["1"], warm: ["1"] });
});

test("a preview says which job an up will run again, and is silent of the others", async () => {
  const { output } = await trial.pulumi(["preview", "--diff"]);
  expect(output).toContain("warm will be run again: it runs at every up");
  expect(output).not.toMatch(/(migrate|seed) will be/);
  const { code, output: said } = await trial.up();
  expect(code, said).toBe(0);
  expect(await allWritten()).toEqual({ migrate: ["1"], seed: ["1"], warm: ["1", "2"] });
});

test("a job whose settings change runs again, unless it runs once and has: its container is left as it is", async () => {
  const seed = (await docker.getContainer("counted-jobs-seed").inspect()).Id;
  trial.configure({ declaration: "changed" });
  const { output } = await trial.pulumi(["preview"]);
  expect(output).toContain("migrate will be run again: its container is replaced");
  expect(output).toContain("warm will be run again: its container is replaced");
  expect(output).not.toContain("seed will be");
  const { code, output: said } = await trial.up();
  expect(code, said).toBe(0);
  expect(await allWritten()).toEqual({ migrate: ["2"], seed: ["1"], warm: ["3"] });
  expect((await docker.getContainer("counted-jobs-seed").inspect()).Id).toBe(seed);
});

test("a job with a schedule is run by the coordinator at its times, and its status says when it is next", async () => {
  const before = (await written("tick")).length;
  const until = Date.now() + 60_000;
  while ((await written("tick")).length < before + 2 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 500));
  const runs = await written("tick");
  expect(runs.length).toBeGreaterThanOrEqual(before + 2);
  expect(runs, "each is one run, and none is made twice").toEqual(
    runs.map((_, i) => String(Number(runs[0]) + i)),
  );
  const { output } = await trial.run("node", [
    "bin/phasegate.mjs",
    "status",
    "--json",
    "--stack",
    trial.stack,
  ]);
  const { services } = JSON.parse(output) as {
    services: { service: string; schedule?: { nextMs: number } }[];
  };
  const tick = services.find(({ service }) => service === "tick");
  expect((tick?.schedule?.nextMs ?? 0) % 4000).toBe(0);
});

test("a job is run by hand, also one that runs once, and its end is shown", async () => {
  const { code, output } = await trial.run("node", [
    "bin/phasegate.mjs",
    "run",
    "seed",
    "--stack",
    trial.stack,
  ]);
  expect(code, output).toBe(0);
  expect(output).toContain("It ended with exit code 0; its last lines:");
  expect(await written("seed")).toEqual(["1", "2"]);
});

test("jobs whose containers are cleared away stay done; an up creates these again, and does not run what runs once", async () => {
  await docker.getContainer("counted-jobs-seed").remove();
  await docker.getContainer("counted-jobs-migrate").remove();
  const { code, output } = await trial.run("node", ["bin/phasegate.mjs", "status", "--stack", trial.stack]);
  expect(code, output).toBe(0);
  expect(output).toMatch(/seed +data +ready/);
  const { code: done, output: said } = await trial.up();
  expect(done, said).toBe(0);
  expect(await allWritten()).toMatchObject({ migrate: ["3"], seed: [] });
});
