import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Schedule } from "../../../../lib/model/schedule.ts";
import type { ApplyOptions, Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

// Jobs that the coordinator runs by their schedules. People's clocks stand at 00:00:00 UTC when a test begins.

const minute = 60_000;
const hourly: Schedule = { cron: "0 * * * *", timeZone: "UTC", missed: "skip" };
const midnightMs = Date.UTC(2026, 10, 26);

let b: Bench;
beforeEach(async () => {
  let beganMs: number | undefined;
  b = bench({ wallMs: (nowMs) => midnightMs + nowMs - (beganMs ??= nowMs) });
  b.engine.add("db");
  b.engine.add("job", { running: false, startedMs: undefined });
  b.apply("db", { probes: { up: probeOn(2) } });
  await b.clock.advance(1000);
});
afterEach(() => b.close());

/** An `up` applies the job. Its probe passes once it has ended well. */
function applyJob(schedule: Schedule = hourly, options: ApplyOptions = {}): void {
  b.scripts[9] = () => (b.engine.container("job")?.running === true ? failed() : passed);
  const readiness = { job: true, budget: "30m", probes: { completed: probeOn(9) } } as const;
  const own = { needs: { db: "ignore" }, waitsForNeeds: true, startIndex: 1 } as const;
  b.apply("job", readiness, { ...own, schedule, ...options });
}

const runs = () => b.engine.calls.filter((call) => call === "start job").length;
const said = () =>
  b.transitions.flatMap(({ service, cause }) =>
    service === "job" && cause.kind === "schedule" ? [cause.text] : [],
  );
/** Lets so many minutes pass; a run that begins ends after ten seconds. */
async function pass(minutes: number, exitCode: number | "none" = 0): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    const before = runs();
    await b.clock.advance(minute / 2);
    if (exitCode !== "none" && b.engine.container("job")?.running === true) b.engine.crash("job", exitCode);
    await b.clock.advance(minute / 2);
    if (exitCode !== "none" && runs() > before && b.engine.container("job")?.running === true)
      b.engine.crash("job", exitCode);
  }
}

describe("a job with a schedule", () => {
  test("is ready at once, is not run by an up, and is run at each of its times", async () => {
    applyJob();
    const { verdict } = b.gate("db", "job");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.status("job")).toMatchObject({ state: "ready", cause: { text: "it waits for its schedule" } });
    expect(runs()).toBe(0);
    await pass(200);
    expect(runs()).toBe(3);
    expect(said()).toContain("due at 2026-11-26 01:00:00 UTC");
    expect(b.status("job")).toMatchObject({ state: "ready", generation: 3 });
  });

  test("is never run twice at once: what comes due meanwhile is skipped, and said", async () => {
    applyJob({ ...hourly, cron: "*/10 * * * *" });
    await pass(25, "none");
    expect(runs()).toBe(1);
    expect(said()).toContain("its run of 2026-11-26 00:20:00 UTC is missed: the run before it is not over");
    b.engine.crash("job", 0);
    await pass(10);
    expect(runs()).toBe(2);
  });

  test("waits for what it needs, and a dependency that somebody has stopped is a reason not to run", async () => {
    applyJob();
    b.scripts[2] = () => failed();
    b.engine.crash("db");
    await pass(61);
    expect(runs()).toBe(0);
    b.scripts[2] = () => passed;
    await pass(30);
    expect(runs()).toBe(1);
    b.engine.byHand.stop("db");
    await pass(60);
    expect(runs()).toBe(1);
    expect(said()).toContain(
      "its run of 2026-11-26 02:00:00 UTC is missed: db, which it depends on, is stopped",
    );
  });

  test("that fails is an incident, is repeated as its intensity says, and runs at its next time", async () => {
    applyJob();
    b.apply("web", {}, { needs: { job: "ignore" }, startIndex: 2 });
    await pass(75, 3);
    expect(runs()).toBeGreaterThan(1);
    const { incidents } = await b.call("status", {});
    expect(incidents).toMatchObject([{ root: "job", cause: { kind: "exited" } }]);
    expect(b.status("job").state).toBe("givenUp");
    const before = runs();
    await pass(50);
    expect(runs()).toBe(before + 1);
    expect(b.status("job").state).toBe("ready");
    expect((await b.call("status", {})).incidents).toEqual([]);
  });

  test("that fails impairs nobody, and an up that does not touch it does not wait for it", async () => {
    applyJob(hourly, { runs: "whenChanged" });
    await pass(2);
    expect(b.status("job").state).toBe("ready");
    b.engine.add("web");
    b.apply("web", {}, { needs: { job: "ignore" }, startIndex: 2 });
    await pass(1);
    b.changesSince();
    await pass(75, 3);
    expect(b.status("job").state).toBe("givenUp");
    expect(b.changesSince().filter((line) => line.startsWith("web"))).toEqual([]);
    const { verdict } = b.gate("db", "job", "web");
    await b.clock.advance(5000);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("says what it has missed while nobody was there, and does not make up for it", async () => {
    applyJob();
    await pass(1);
    b.kill();
    await b.clock.advance(150 * minute);
    b.start();
    await pass(1);
    expect(runs()).toBe(0);
    expect(said()).toContain("2 runs since 2026-11-26 01:00:00 UTC are missed: it could not begin in time");
    await pass(40);
    expect(runs()).toBe(1);
  });

  test("makes up for what it has missed, once, where it says so, and not past its deadline", async () => {
    applyJob({ ...hourly, missed: "run", startingDeadline: "40m" });
    await pass(1);
    b.kill();
    await b.clock.advance(150 * minute);
    b.start();
    await pass(2);
    expect(runs()).toBe(1);
    expect(said()).toEqual([
      "its run of 2026-11-26 01:00:00 UTC is missed: it could not begin in time",
      expect.stringMatching(/^due at 2026-11-26 02:00:00 UTC, begun .* late$/),
      expect.stringMatching(/^due at 2026-11-26 02:00:00 UTC, begun .* late$/),
    ]);
    b.kill();
    await b.clock.advance(75 * minute);
    b.start();
    await pass(2);
    expect(runs(), "48 minutes late").toBe(1);
  });

  test("a run that is under way when the coordinator is killed is taken as it is, and what it ended in is seen", async () => {
    applyJob();
    await pass(60, "none");
    expect(runs()).toBe(1);
    b.kill();
    await b.clock.advance(minute);
    b.engine.crash("job", 0);
    b.start();
    await pass(2);
    expect(runs()).toBe(1);
    expect(b.status("job").state).toBe("ready");
  });

  test("a hold keeps it back: what passes meanwhile is said, or made up for after it", async () => {
    applyJob();
    await b.call("hold", { forMs: 90 * minute });
    await pass(62);
    expect(runs()).toBe(0);
    expect(said()).toContain("its run of 2026-11-26 01:00:00 UTC is missed: the stack is held");
    applyJob({ ...hourly, missed: "run" }, { again: true });
    await b.call("hold", { forMs: 90 * minute });
    await pass(65);
    expect(runs()).toBe(0);
    await b.call("release", {});
    await pass(1);
    expect(runs()).toBe(1);
  });

  test("another schedule begins now, and the same goes on in another container", async () => {
    applyJob();
    await pass(30);
    b.engine.add("new", { running: false, startedMs: undefined });
    applyJob(hourly, { container: "new", generation: "second" });
    await pass(31);
    expect(b.engine.calls).toContain("start new");
    expect(said().filter((text) => text.includes("missed"))).toEqual([]);
  });
});
