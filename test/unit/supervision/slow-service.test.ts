import { expect, test } from "vitest";
import type { SupervisionSpec } from "../../../lib/model/supervision.ts";
import { supervisionDefaults } from "../../../lib/model/supervision.ts";
import type { ServiceEvent } from "../../../lib/supervision/service-event.ts";
import { step } from "../../../lib/supervision/service-machine.ts";
import { newRecord, probingOf } from "../../../lib/supervision/service-record.ts";
import { desiredService, probeOn, readinessSpec } from "../../support/desired.ts";

const slow = { window: "10m", baseline: "4h", factor: 3 } as const;

/** A service of two probes, one of them over the network, that is ready and watched. */
function watched(supervision: Partial<SupervisionSpec> = { slow }) {
  let nowMs = 1_000_000;
  const logged = { ...probeOn(2), kind: "log-line", pattern: { source: "x", flags: "" } } as never;
  const desired = desiredService("web", {
    readiness: readinessSpec({ probes: { first: probeOn(1), logged } }),
    supervision: { ...supervisionDefaults, interval: "15s", ...supervision },
  });
  let record = newRecord(desired, 1, {}, nowMs);
  const states: string[] = [];
  const give = (event: ServiceEvent) => {
    const before = record.state;
    record = step(record, event, nowMs).record;
    if (record.state !== before) states.push(`${record.state.name}: ${record.state.cause.text}`);
  };
  const attempt = (tookMs: number, probe = "first", outcome = { status: "passed" as const, tookMs }) => {
    const probing = probingOf(record);
    give({
      ...{ type: "attempted", key: probing.mode === "off" ? "" : probing.key, probe },
      ...{ outcome, beganMs: nowMs },
    });
  };
  const run = { ...{ name: "web", createdMs: 0, startedMs: nowMs, running: true, exitCode: 0 } };
  give({
    ...{ type: "seen", look: 1 },
    seen: {
      ...run,
      outOfMemory: false,
      health: undefined,
      healthyMs: undefined,
      startError: "",
      altered: [],
    },
  });
  // A start that is slow is no measure.
  attempt(5000);
  attempt(5000, "logged");
  states.length = 0;
  return {
    states,
    record: () => record,
    during: (ms: number, tookMs: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 15_000) {
        attempt(tookMs);
        attempt(tookMs * 100, "logged");
      }
    },
  };
}

test("a service that gets slow is degraded, which is said once, and ready again when it is not", () => {
  const web = watched();
  web.during(2 * 3_600_000, 40);
  web.during(600_000, 400);
  expect(web.states).toEqual(["degraded: first is slow: p95 412ms, 10.4 times the 40ms that is usual"]);
  web.during(800_000, 40);
  expect(web.states.slice(1)).toEqual(["ready: all probes of web pass"]);
});

test("a service of which nobody has said what slow is, is never slow, and nothing is noted", () => {
  const web = watched({});
  web.during(2 * 3_600_000, 40);
  web.during(600_000, 4000);
  expect(web.states).toEqual([]);
  expect(web.record().slowness).toEqual({});
});
