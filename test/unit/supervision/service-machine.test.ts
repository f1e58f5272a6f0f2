import { describe, expect, test } from "vitest";
import type { ServiceEvent } from "../../../lib/supervision/service-event.ts";
import { step } from "../../../lib/supervision/service-machine.ts";
import type { ServiceRecord } from "../../../lib/supervision/service-record.ts";
import { newRecord, probingOf, resumedRecord, wakeAtMs } from "../../../lib/supervision/service-record.ts";
import type { Probe } from "../../../lib/model/probe.ts";
import type { ContainerRun } from "../../../lib/readiness/service-container.ts";
import { desiredService, probeOn, readinessSpec } from "../../support/desired.ts";
import { failed, passed, unknown } from "../../support/outcomes.ts";

const startMs = 1_000_000;

function run(patch: Partial<ContainerRun> = {}): ContainerRun {
  return {
    ...{ name: "stack-web", createdMs: startMs - 100, startedMs: startMs, running: true, exitCode: 0 },
    ...{ outOfMemory: false, health: undefined, healthyMs: undefined, startError: "", altered: [] },
    ...patch,
  };
}

/** A service whose events the test gives. */
function service(patch: Parameters<typeof desiredService>[1] = {}) {
  let record = newRecord(desiredService("web", patch), 1, {}, startMs);
  let nowMs = startMs;
  let look = 0;
  const orders: string[] = [];
  const give = (event: ServiceEvent) => {
    const next = step(record, event, nowMs);
    record = next.record;
    for (const effect of next.effects) if (effect.type === "act") orders.push(effect.act.order);
    return next;
  };
  const see = (patch: Partial<ContainerRun> | "gone" = {}) =>
    give({ type: "seen", seen: patch === "gone" ? patch : run(patch), look: ++look });
  const attempt = (outcome = passed, probe = "first") => {
    const probing = probingOf(record);
    const key = probing.mode === "off" ? "off" : probing.key;
    return give({ type: "attempted", key, probe, outcome, beganMs: nowMs });
  };
  return {
    record: () => record,
    set: (next: ServiceRecord) => (record = next),
    orders,
    give,
    see,
    attempt,
    pass: (ms: number) => {
      nowMs += ms;
      if (nowMs >= wakeAtMs(record)) give({ type: "woken" });
    },
    now: () => nowMs,
    acted: (error?: { text: string; silent: boolean }) =>
      give({ type: "acted", act: record.act?.id ?? 0, error }),
  };
}

/** One that is ready. */
function ready(patch: Parameters<typeof desiredService>[1] = {}) {
  const web = service(patch);
  web.see();
  web.attempt();
  expect(web.record().state.name).toBe("ready");
  return web;
}

describe("a proof", () => {
  test("begins with the container's start and ends with every probe passing", () => {
    const web = service({ readiness: readinessSpec({ probes: { first: probeOn(1), second: probeOn(2) } }) });
    expect(probingOf(web.record()).mode).toBe("off");
    web.see();
    expect(web.record().state).toMatchObject({ name: "starting", deadlineMs: startMs + 60_000 });
    web.attempt();
    expect(web.record().state.name).toBe("starting");
    web.attempt(unknown, "second");
    expect(web.record().state.name).toBe("starting");
    web.attempt(passed, "second");
    expect(web.record().state).toMatchObject({ name: "ready", countedFromMs: startMs });
  });

  test("restarts by the failure policy what ends, within one budget, and fails then", () => {
    const web = service();
    web.see();
    web.see({ running: false, exitCode: 1 });
    expect(web.record().state).toMatchObject({ name: "restarting", nth: 1, dueMs: startMs + 1000 });
    web.pass(1000);
    expect(web.orders).toEqual(["start"]);
    web.see({ startedMs: startMs + 1000 });
    web.acted();
    expect(web.record().state).toMatchObject({ name: "starting", deadlineMs: startMs + 60_000 });
    web.see({ startedMs: startMs + 1000, running: false, exitCode: 1 });
    web.pass(2000);
    web.see({ startedMs: startMs + 3000 });
    web.acted();
    web.see({ startedMs: startMs + 3000, running: false, exitCode: 1 });
    expect(web.record().state).toMatchObject({ name: "failed", reason: "exited", exit: { code: 1 } });
    expect(web.orders).toEqual(["start", "start"]);
  });

  test("fails at its deadline, and a service that becomes ready later is ready", () => {
    const web = service();
    web.see();
    web.attempt(failed());
    web.pass(60_000);
    expect(web.record().state).toMatchObject({ name: "failed", reason: "deadline", usedMs: 60_000 });
    expect(probingOf(web.record()).mode).toBe("monitoring");
    web.attempt();
    expect(web.record().state).toMatchObject({ name: "ready", cause: { kind: "recovered" } });
  });

  test("of a workload that was there before has a whole budget from now on", () => {
    const web = service();
    web.set(newRecord(desiredService("web"), 1, {}, startMs, { isNew: false }));
    web.pass(50_000);
    web.see();
    expect(web.record().state).toMatchObject({ name: "starting", deadlineMs: startMs + 110_000 });
  });

  test("does not order a start again and again that the platform calls done and that has changed nothing", () => {
    const web = service();
    web.see();
    web.see({ running: false, exitCode: 1 });
    for (let n = 0; n < 5; n++) {
      web.pass(5000);
      web.see({ running: false, exitCode: 1 });
      web.acted();
    }
    expect(web.orders).toEqual(["start", "start"]);
    expect(web.record().state).toMatchObject({ name: "failed", reason: "exited" });
  });

  test("that was asked for again keeps its deadline through restarts, and says how much of it was used", () => {
    const web = ready();
    const { desired } = web.record();
    const again = { ...desired, verification: 2 };
    web.pass(100_000);
    web.give({ type: "applied", desired: again, restartFor: [], again: true, needed: {} });
    web.pass(30_000);
    web.see({ running: false, exitCode: 1 });
    web.pass(1000);
    web.see({ startedMs: web.now() });
    web.acted();
    expect(web.record().state).toMatchObject({ name: "starting", deadlineMs: startMs + 160_000 });
    web.see({ startedMs: web.now(), running: false, exitCode: 127 });
    expect(web.record().state).toMatchObject({ name: "failed", reason: "exited", usedMs: 31_000 });
  });

  test("of a job that ended badly does not say that it runs", () => {
    const completed = { ...probeOn(0), kind: "completed", exitCode: 0 } as unknown as Probe;
    const job = service({ readiness: readinessSpec({ job: true, probes: { completed } }) });
    job.see();
    job.attempt(failed("web is still running", "running"), "completed");
    job.see({ running: false, exitCode: 3 });
    expect(job.record().state.name).toBe("restarting");
    expect(job.record().probes[0]?.lastCause?.text).toBe("web ended with exit code 3, expected 0");
  });
});

describe("once ready", () => {
  test("three failures in a row count, an unknown one never, and a restart is waited for", () => {
    const web = ready();
    web.attempt(failed());
    web.attempt(failed());
    web.attempt(unknown);
    expect(web.record().state.name).toBe("ready");
    web.attempt(failed());
    expect(web.record().state).toMatchObject({ name: "restarting", cause: { kind: "unhealthy" } });
    web.pass(1000);
    expect(web.orders).toEqual(["restart"]);
    expect(web.record()).toMatchObject({ generation: 2, act: { order: "restart", from: startMs } });
    web.see({ startedMs: startMs + 1500 });
    web.acted();
    web.attempt();
    expect(web.record()).toMatchObject({ generation: 2, state: { name: "ready" } });
  });

  test("what measures, and a database that answers wrongly, degrade and do not restart", () => {
    const rows = { ...probeOn(1), kind: "postgres-query" } as unknown as Probe;
    const web = ready({ readiness: readinessSpec({ probes: { first: rows } }) });
    for (let n = 0; n < 3; n++) web.attempt(failed("0 rows instead of 1", "rows"));
    expect(web.record().state).toMatchObject({ name: "degraded", cause: { kind: "probe" } });
    web.attempt();
    expect(web.record().state.name).toBe("ready");
    for (let n = 0; n < 3; n++) web.attempt(failed());
    expect(web.record().state.name).toBe("restarting");
  });

  test("whenFailing says otherwise", () => {
    const web = ready({
      readiness: readinessSpec({ probes: { first: probeOn(1, { whenFailing: "report" }) } }),
    });
    for (let n = 0; n < 3; n++) web.attempt(failed());
    expect(web.record().state.name).toBe("degraded");
  });

  test("gives up past its intensity, and is ready again when it recovers by itself", () => {
    const web = ready();
    let startedMs = startMs;
    for (let n = 0; n < 5; n++) {
      web.see({ startedMs, running: false, exitCode: 137 });
      web.pass(30_000);
      startedMs = web.now();
      web.see({ startedMs });
      web.acted();
      web.attempt();
    }
    web.see({ startedMs, running: false, exitCode: 137 });
    expect(web.record().state).toMatchObject({ name: "givenUp", cause: { kind: "exited" } });
    expect(web.orders).toHaveLength(5);
    web.see({ startedMs: web.now() + 10 });
    web.attempt();
    expect(web.record().state.name).toBe("ready");
  });

  test("what an operator stops stays stopped, and what he starts is proven", () => {
    const web = ready();
    web.give({ type: "ordered" });
    web.see({ running: false, exitCode: 0 });
    expect(web.record()).toMatchObject({
      generation: 2,
      state: { name: "stopped", cause: { kind: "operator" } },
    });
    web.pass(3_600_000);
    expect(web.orders).toEqual([]);
    web.see({ startedMs: startMs + 5000 });
    expect(web.record()).toMatchObject({ generation: 2, by: "operator", state: { name: "starting" } });
  });

  test("a restart by hand is another generation, also where no end was seen", () => {
    const web = ready();
    web.see({ startedMs: startMs + 5000 });
    expect(web.record()).toMatchObject({ generation: 2, by: "operator", state: { name: "starting" } });
  });

  test("while what it needs is not ready it is degraded, its failures are symptoms, and what ends waits", () => {
    const web = ready();
    const down = { service: "db", text: "db, which it needs, is restarting" };
    web.give({ type: "dependencies", down, excused: false });
    expect(web.record().state).toMatchObject({ name: "degraded", cause: { service: "db" } });
    for (let n = 0; n < 5; n++) web.attempt(failed());
    expect(web.record().state.name).toBe("degraded");
    web.see({ running: false, exitCode: 1 });
    expect(web.record().state).toMatchObject({ name: "pending", waitsFor: "dependency" });
    expect(web.orders).toEqual([]);
    const givenUp = { service: "db", text: "db, which it needs, is given up" };
    web.give({ type: "dependencies", down: givenUp, excused: false });
    expect(web.record().state).toMatchObject({ name: "pending", cause: givenUp });
  });

  test("a restart that the platform refuses is tried again, and the end of a run that recovers is seen", () => {
    const web = ready();
    for (let n = 0; n < 3; n++) web.attempt(failed());
    web.pass(1000);
    expect(web.record()).toMatchObject({ generation: 2, act: { order: "restart" } });
    web.acted({ text: "device or resource busy", silent: false });
    expect(web.record()).toMatchObject({ generation: 2, state: { name: "restarting" } });
    for (let n = 0; n < 4; n++) {
      web.pass(30_000);
      web.acted({ text: "device or resource busy", silent: false });
    }
    expect(web.record()).toMatchObject({ generation: 2, state: { name: "givenUp" } });
    web.attempt();
    expect(web.record()).toMatchObject({ generation: 2, state: { name: "ready" } });
    web.see({ running: false, exitCode: 1 });
    expect(web.record()).toMatchObject({ generation: 3, ended: true, state: { cause: { kind: "exited" } } });
  });

  test("a restart that was done and not answered is one generation, and nobody else's doing", () => {
    const web = ready();
    for (let n = 0; n < 3; n++) web.attempt(failed());
    web.pass(1000);
    web.acted({ text: "no answer", silent: true });
    web.see({ startedMs: web.now() + 5 });
    expect(web.record()).toMatchObject({ generation: 2, by: "unhealthy", state: { name: "starting" } });
    expect(web.orders).toEqual(["restart"]);
  });

  test("an older look never overwrites a newer one", () => {
    const web = ready();
    web.give({ type: "seen", seen: run({ running: false, exitCode: 1 }), look: 10 });
    web.give({ type: "seen", seen: run(), look: 9 });
    expect(web.record().state.name).toBe("restarting");
    expect(web.record().seen).toMatchObject({ running: false });
  });
});

describe("an up", () => {
  test("takes over at once what alters no probe", () => {
    const web = ready();
    const { desired } = web.record();
    web.give({
      type: "applied",
      desired: { ...desired, startIndex: 7, needs: { db: "ignore" } },
      ...{ restartFor: [], again: true, needed: { db: 4 } },
    });
    expect(web.record()).toMatchObject({ state: { name: "ready" }, against: { db: 4 } });
    expect(web.record().desired.startIndex).toBe(7);
  });

  test("takes over another way of being watched, with no new proof", () => {
    const web = ready();
    const { desired } = web.record();
    const before = probingOf(web.record());
    const apply = (supervision: typeof desired.supervision) =>
      web.give({
        type: "applied",
        desired: { ...desired, supervision },
        ...{ restartFor: [], again: true, needed: {} },
      });
    apply({ ...desired.supervision, failureThreshold: 1 });
    expect(probingOf(web.record())).toEqual(before);
    apply({ ...desired.supervision, failureThreshold: 1, interval: "1s" });
    expect(probingOf(web.record())).toEqual(before);
    web.attempt(failed());
    expect(web.record().state.name).toBe("restarting");
  });

  test("with a higher verification proves again, and really asks", () => {
    const web = ready();
    const { desired } = web.record();
    const before = probingOf(web.record());
    web.give({
      type: "applied",
      desired: { ...desired, verification: 2 },
      ...{ restartFor: [], again: true, needed: {} },
    });
    expect(web.record().state.name).toBe("starting");
    expect(probingOf(web.record())).not.toEqual(before);
    web.attempt(failed());
    web.pass(60_000);
    expect(web.record().state).toMatchObject({ name: "failed", reason: "deadline" });
  });

  test("does not restart again what has been restarted because of the same change", () => {
    const web = ready({ needs: { db: "restart" } });
    web.give({
      type: "begin",
      action: "restart",
      cause: { kind: "dependency", text: "db runs again", service: "db" },
      needed: { db: 2 },
    });
    web.see({ startedMs: startMs + 10 });
    web.acted();
    web.attempt();
    const { desired } = web.record();
    web.give({
      type: "applied",
      desired: { ...desired, generation: "web run 2" },
      ...{ restartFor: ["db"], again: true, needed: { db: 2 } },
    });
    expect(web.record().wanted).toBeUndefined();
    expect(web.orders).toEqual(["restart"]);
    web.give({
      type: "applied",
      desired: { ...desired, generation: "web run 3" },
      ...{ restartFor: ["db"], again: true, needed: { db: 3 } },
    });
    expect(web.record()).toMatchObject({ wanted: ["db"], state: { name: "pending" } });
  });
});

describe("after a start of the coordinator", () => {
  test("what runs as it ran is what it was", () => {
    const web = ready();
    web.set(resumedRecord(web.record()));
    web.see();
    expect(web.record()).toMatchObject({ generation: 1, resumed: false, state: { name: "ready" } });
  });

  test("what was ordered is done once, however far it had come", () => {
    const web = ready();
    for (let n = 0; n < 3; n++) web.attempt(failed());
    web.pass(1000);
    const midway = web.record();
    expect(midway.act).toMatchObject({ order: "restart", from: startMs });
    // It had been done.
    web.set(resumedRecord(midway));
    web.see({ startedMs: startMs + 1200 });
    expect(web.orders).toEqual(["restart"]);
    expect(web.record().state.name).toBe("starting");
    // It had not: the same order is given, for the same run.
    web.set(resumedRecord(midway));
    web.see();
    expect(web.orders).toEqual(["restart", "restart"]);
    expect(web.record()).toMatchObject({ generation: 2, act: { from: startMs } });
  });

  test("what was due before is not done before the first look, which may give it another turn", () => {
    const web = ready();
    web.see({ running: false, exitCode: 1 });
    expect(web.record()).toMatchObject({ state: { name: "restarting" } });
    web.set(resumedRecord(web.record()));
    expect(wakeAtMs(web.record())).toBe(Infinity);
    web.pass(60_000);
    expect(web.orders).toEqual([]);
    web.see({ running: false, exitCode: 1 });
    expect(web.record().state).toMatchObject({ name: "pending", waitsFor: "boot" });
    expect(web.orders).toEqual([]);
  });

  test("what a reboot ended waits for its turn", () => {
    const web = ready();
    web.set(resumedRecord(web.record()));
    web.see({ running: false, exitCode: 255 });
    expect(web.record()).toMatchObject({ generation: 2, state: { name: "pending", waitsFor: "boot" } });
    expect(web.orders).toEqual([]);
  });
});
