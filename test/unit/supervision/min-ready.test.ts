import { describe, expect, test } from "vitest";
import type { ServiceEvent } from "../../../lib/supervision/service-event.ts";
import { minReadyStatus } from "../../../lib/supervision/min-ready.ts";
import { step } from "../../../lib/supervision/service-machine.ts";
import { newRecord, probingOf, resumedRecord } from "../../../lib/supervision/service-record.ts";
import { desiredService, readinessSpec } from "../../support/desired.ts";
import { failed, passed } from "../../support/outcomes.ts";

const startMs = 1_000_000;
const run = {
  ...{ name: "stack-web", createdMs: startMs - 100, startedMs: startMs, running: true, exitCode: 0 },
  ...{ outOfMemory: false, health: undefined, healthyMs: undefined, startError: "", altered: [] },
};

/** A service that must stay ready for a second, and has just begun. */
function web() {
  const readiness = readinessSpec({ minReady: "1s" });
  let record = newRecord(desiredService("web", { readiness }), 1, {}, startMs);
  let look = 0;
  const give = (event: ServiceEvent, atMs: number) =>
    void (record = step(record, event, startMs + atMs).record);
  const see = (atMs: number) => give({ type: "seen", seen: run, look: ++look }, atMs);
  see(0);
  return {
    record: () => record,
    status: () => minReadyStatus(record),
    give,
    attempt: (atMs: number, outcome = passed) => {
      const probing = probingOf(record);
      const key = probing.mode === "off" ? "off" : probing.key;
      give({ type: "attempted", key, probe: "first", outcome, beganMs: startMs + atMs }, atMs);
    },
    resume: (atMs: number) => {
      record = { ...resumedRecord(record), look: 0 };
      look = 0;
      see(atMs);
    },
    proveAgain: (atMs: number) => {
      const desired = { ...record.desired, verification: record.desired.verification + 1 };
      give({ type: "applied", desired, restartFor: [], again: true, needed: {} }, atMs);
    },
  };
}

describe("a service that must stay ready", () => {
  test("counts as ready by an attempt that began at the end, and not by one just before", () => {
    const service = web();
    service.attempt(100);
    service.attempt(1099);
    expect(service.record().state.name).toBe("starting");
    service.attempt(1100);
    expect(service.record().state.name).toBe("ready");
  });

  test("begins again where nobody has looked meanwhile, whatever was kept of its probes", () => {
    const service = web();
    service.attempt(100);
    service.resume(5000);
    service.attempt(5000);
    expect(service.record().state.name).toBe("starting");
    expect(service.status()?.passesSinceMs).toBe(startMs + 5000);
    service.attempt(6000);
    expect(service.record().state.name).toBe("ready");
  });

  test("is not interrupted by another proof, and that one begins without the interruptions of the last", () => {
    const service = web();
    service.attempt(100);
    service.proveAgain(200);
    expect(service.status()).toMatchObject({ passesSinceMs: undefined, interrupted: undefined });
    service.attempt(300);
    service.attempt(400, failed());
    expect(service.status()?.interrupted).toMatchObject({ times: 1, afterMs: 100 });
    service.proveAgain(500);
    expect(service.status()?.interrupted).toBeUndefined();
    service.attempt(600);
    service.attempt(700, failed());
    expect(service.status()?.interrupted).toMatchObject({ times: 1 });
  });
});
