import { expect, test, vi } from "vitest";
import type { ControlClient } from "../../../lib/control/client.ts";
import type { JobRuns } from "../../../lib/model/job.ts";
import type { CoordinatorPlace } from "../../../lib/pulumi/providers/coordinators.ts";
import { readinessSpec } from "../../support/desired.ts";
import { declaredService, pulumiBench, type PulumiBench, type Seams } from "../../support/pulumi-bench.ts";

// When an `up` runs a job, and what a preview says of it before.

const seams = vi.hoisted(() => ({}) as Seams);
vi.mock("../../../lib/pulumi/providers/coordinators.ts", () => ({
  coordinator: ({ coordinator }: CoordinatorPlace): Promise<ControlClient> => seams.client(coordinator, true),
  coordinatorAsItIs: ({ coordinator }: CoordinatorPlace): Promise<ControlClient> =>
    seams.client(coordinator, false),
}));
vi.mock("../../../lib/engine/docker-engine.ts", () => ({ connectEngine: () => seams.engine }));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({
  rowNotice: (row: string) => (text: string) => seams.notice(row, text),
  rowProgress: () => () => {},
}));
seams.load = async () => {
  vi.resetModules();
  const readiness = await import("../../../lib/pulumi/providers/service-readiness.ts");
  return { readiness, gates: await import("../../../lib/pulumi/providers/phase-gate.ts") };
};

/** A job that ends well at once, and who needs it, in its phase and in a later one. */
function stack(runs: JobRuns | undefined): PulumiBench {
  const probes = { completed: { kind: "completed", exitCode: 0 } };
  const spec = readinessSpec({ job: true, probes: probes as never });
  const b = pulumiBench(seams, {
    db: declaredService("data"),
    job: { phase: "data", needs: { db: "ignore" }, version: 1, spec, ...(runs && { runs }) },
    beside: declaredService("data", { job: "ignore" }),
    web: declaredService("front", { job: "ignore" }),
    after: declaredService("front", { job: "restart" }),
  });
  b.engine.onStart = (id) => {
    const run = { running: true, startedMs: b.coordinator.clock.now(), exitCode: 0 };
    b.engine.happen(id, "start", run);
    if (id.startsWith("job")) b.engine.crash(id, 0);
  };
  return b;
}

/** What an `up` starts, and what it says. */
async function up(b: PulumiBench) {
  const preview = await b.preview();
  b.engine.calls.length = 0;
  const { changed } = await b.up();
  expect(changed, "as announced").toEqual(preview.changed);
  return { ...preview, calls: [...b.engine.calls] };
}

test("a job that runs at every up says so before, is waited for, and takes along only who says so", async () => {
  const b = stack("everyUp");
  const first = await up(b);
  expect(first.calls.filter((call) => call.includes("job"))).toEqual(["start job-1"]);
  for (let n = 2; n < 4; n++) {
    const { changed, notices, calls } = await up(b);
    expect(notices).toEqual([
      "job will be run again: it runs at every up",
      "after will be restarted: job, which it needs, is replaced or restarted",
    ]);
    expect(changed).toEqual(["job", "gate of data", "after", "gate of front"]);
    expect(calls).toEqual(["start job-1", "stop after-1", "start after-1"]);
    expect(b.coordinator.status("job")).toMatchObject({ state: "ready", generation: n });
  }
});

test("a job that runs at every up runs again where its coordinator has lost what it knew", async () => {
  const b = stack("everyUp");
  await up(b);
  await b.loseVolume();
  const { calls } = await up(b);
  expect(calls).toContain("start job-1");
});

test("a job that runs at every up and fails closes the gate, and runs in the next", async () => {
  const b = stack("everyUp");
  await up(b);
  const { onStart } = b.engine;
  b.engine.onStart = async (id) => {
    await onStart(id);
    if (id.startsWith("job")) b.engine.change(id, { exitCode: 1 });
  };
  await expect(b.up()).rejects.toThrow(/job exited with code 1/);
  b.engine.onStart = onStart;
  const { calls } = await up(b);
  expect(calls.filter((call) => call.includes("job"))).toEqual(["start job-1"]);
});

test.for([undefined, "whenChanged"] as const)(
  "a job that says %s runs again with another container, and is silent otherwise",
  async (runs) => {
    const b = stack(runs);
    await up(b);
    expect(await up(b)).toEqual({ changed: [], notices: [], calls: [] });
    (b.declared["job"] as { version: number }).version++;
    const { notices, calls } = await up(b);
    expect(notices[0]).toBe("job will be run again: its container is replaced");
    expect(calls).toContain("start job-2");
  },
);

test("a job that runs once does not run in another container of it, and is ready", async () => {
  const b = stack("once");
  await up(b);
  (b.declared["job"] as { version: number }).version++;
  const { calls } = await up(b);
  expect(calls.filter((call) => call.includes("job"))).toEqual([]);
  expect(b.coordinator.status("job")).toMatchObject({ state: "ready" });
  b.coordinator.killCoordinator();
  expect(await up(b)).toEqual({ changed: [], notices: [], calls: [] });
  const { spec } = b.declared["job"] as { spec: ReturnType<typeof readinessSpec> };
  (b.declared["job"] as { spec: typeof spec }).spec = { ...spec, budget: "90s" };
  expect((await up(b)).calls).toEqual([]);
});

test("a job that runs once and has failed runs until it has completed", async () => {
  const b = stack("once");
  const { onStart } = b.engine;
  b.engine.onStart = async (id) => {
    await onStart(id);
    if (id.startsWith("job")) b.engine.change(id, { exitCode: 1 });
  };
  await expect(b.up()).rejects.toThrow(/job exited with code 1/);
  b.engine.onStart = onStart;
  (b.declared["job"] as { version: number }).version++;
  const { calls } = await up(b);
  expect(calls).toContain("start job-2");
});
