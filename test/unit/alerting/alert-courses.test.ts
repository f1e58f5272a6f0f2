import { describe, expect, test } from "vitest";
import { naiveAlerts } from "../../../lib/alerting/naive-alerts.ts";
import type { Standing } from "../../../lib/alerting/after-boot.ts";
import { afterBoot } from "../../../lib/alerting/after-boot.ts";
import { deploymentSeen, incidentSeen, noAlerts, verdictSeen } from "../../../lib/alerting/alerts.ts";
import type { Incident } from "../../../lib/model/transition.ts";
import { alertCourse, alertSettings, seenOf } from "../../support/alert-course.ts";
import { desiredService } from "../../support/desired.ts";
import { gateRecord } from "../../support/records.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import type { SimulatedStack } from "../../support/simulated-stack.ts";
import { simulatedStack } from "../../support/simulated-stack.ts";
import { incident, transition } from "../../support/transitions.ts";

const minute = 60_000;
const dependents = Array.from({ length: 20 }, (_, i) => `service${i + 1}`);

function needsOf(stack: SimulatedStack) {
  return (service: string) => Object.keys(stack.records.get(service)?.desired.needs ?? {});
}

/** A database with twenty services behind it, and one that has nothing to do with it. */
function started(seed = 7): SimulatedStack {
  const stack = simulatedStack(
    [
      desiredService("postgres", { startIndex: 0 }),
      ...dependents.map((name, i) =>
        desiredService(name, {
          startIndex: i + 1,
          needs: { [i < 10 ? "postgres" : `service${i - 9}`]: "restart" },
        }),
      ),
      desiredService("mailer", { startIndex: 30 }),
    ],
    seededRandom(seed),
  );
  for (const name of stack.records.keys()) stack.startByHand(name);
  stack.run(5 * minute);
  return stack;
}

/** An incident that comes and goes. */
const cameAndWent = (id: number, root: string, openedMs: number, closedMs: number): [Incident, Incident] => {
  const open = incident(id, root, { openedMs });
  return [open, { ...open, closedMs, outcome: "recovered", services: { [root]: "ready" } }];
};

describe("an incident", () => {
  test("of a root with twenty dependents is one alert, which names the root and is resolved by itself", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.crash("postgres", 137);
    stack.run(30 * minute);
    const course = alertCourse(alertSettings({ afterMs: 0, needs: needsOf(stack) }), sinceMs);
    course.see(seenOf(stack, sinceMs));
    course.until(stack.now());
    expect(course.sent.map(({ status, alert }) => [status, alert.service, alert.number])).toEqual([
      ["firing", "postgres", 1],
      ["resolved", "postgres", 1],
    ]);
    const [, resolved] = course.sent;
    expect(Object.keys(resolved?.alert.services ?? {}).sort()).toEqual(["postgres", ...dependents].sort());
    expect(resolved?.alert.steps[0]).toMatchObject({
      service: "postgres",
      action: "restart",
      result: "ready",
    });
    const naive = naiveAlerts(
      seenOf(stack, sinceMs).map((seen) => seen.transition),
      0,
      stack.now(),
    );
    expect(naive).toBe(21);
  });

  test("that heals within the grace alerts nobody", () => {
    const course = alertCourse(alertSettings());
    const [open, closed] = cameAndWent(1, "redis", 1000, 25_000);
    course.at(1000, (alerts, nowMs) => incidentSeen(alerts, open, undefined, alertSettings(), nowMs));
    course.at(25_000, (alerts, nowMs) => incidentSeen(alerts, closed, undefined, alertSettings(), nowMs));
    course.until(60 * minute);
    expect(course.sent).toEqual([]);
    expect(course.alerts().open).toEqual([]);
  });

  test("that a dependent has noticed before the root is the root's", () => {
    const settings = alertSettings({
      needs: (service) => (service === "backend" ? ["auth"] : service === "auth" ? ["postgres"] : []),
    });
    const course = alertCourse(settings);
    const noticed = transition(1, "backend", {
      incident: 1,
      atMs: 1000,
      cause: { kind: "unhealthy", text: "500" },
    });
    const cause = { kind: "exited", text: "exited with code 1" };
    const failed = transition(2, "postgres", { incident: 1, atMs: 3000, cause });
    const first = incident(1, "backend", { openedMs: 1000, cause: noticed.cause });
    const both = { ...first, services: { backend: "restarting", postgres: "restarting" } } as const;
    course.at(1000, (alerts, nowMs) => incidentSeen(alerts, first, noticed, settings, nowMs));
    course.at(3000, (alerts, nowMs) => incidentSeen(alerts, both, failed, settings, nowMs));
    course.until(40_000);
    expect(course.sent).toMatchObject([
      { status: "firing", atMs: 31_000, alert: { service: "postgres", cause } },
    ]);
  });

  test("in which a service is given up is critical at once, and says what it was before", () => {
    const settings = alertSettings({ afterMs: 10_000 });
    const course = alertCourse(settings);
    const open = incident(1, "redis", { openedMs: 0 });
    course.at(0, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
    course.at(20_000, (alerts, nowMs) =>
      incidentSeen(
        alerts,
        { ...open, outcome: "givenUp", services: { redis: "givenUp" } },
        undefined,
        settings,
        nowMs,
      ),
    );
    expect(course.sent).toMatchObject([
      { atMs: 10_000, alert: { severity: "warning" } },
      { atMs: 20_000, alert: { severity: "critical" }, was: "warning" },
    ]);
    const other = alertCourse(settings);
    other.at(0, (alerts, nowMs) =>
      incidentSeen(alerts, { ...open, outcome: "givenUp" }, undefined, settings, nowMs),
    );
    expect(other.sent).toMatchObject([{ atMs: 0, alert: { severity: "critical" } }]);
  });

  test("that lasts is sent again, and no more once it is over", () => {
    const settings = alertSettings({ repeatMs: 60 * minute });
    const course = alertCourse(settings);
    const [open, closed] = cameAndWent(1, "redis", 0, 150 * minute);
    course.at(0, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
    course.at(150 * minute, (alerts, nowMs) => incidentSeen(alerts, closed, undefined, settings, nowMs));
    course.until(600 * minute);
    expect(course.sent.map(({ status, atMs }) => [status, atMs])).toEqual([
      ["firing", 30_000],
      ["firing", 30_000 + 60 * minute],
      ["firing", 30_000 + 120 * minute],
      ["resolved", 152 * minute],
    ]);
  });

  test.for([1, 2, 3, 4, 5, 6, 7, 8])(
    "that flaps twenty times in ten minutes is one alert (seed %i)",
    (seed) => {
      const random = seededRandom(seed);
      const settings = alertSettings();
      const course = alertCourse(settings);
      for (let i = 0; i < 20; i++) {
        const atMs = i * 30_000 + random() * 5000;
        const [open, closed] = cameAndWent(i + 1, "redis", atMs, atMs + 1000 + random() * 22_000);
        course.at(atMs, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
        course.at(closed.closedMs ?? 0, (alerts, nowMs) =>
          incidentSeen(alerts, closed, undefined, settings, nowMs),
        );
      }
      course.until(60 * minute);
      expect(course.sent.map(({ status, alert }) => [status, alert.id])).toEqual([
        ["firing", course.sent[0]?.alert.id],
        ["resolved", course.sent[0]?.alert.id],
      ]);
      expect(course.sent[1]?.alert.times).toBe(20);
    },
  );
});

describe("a silence", () => {
  test("holds back what begins in it, until its end, and never what resolves", () => {
    const silences = [{ service: "redis", sinceMs: 0, untilMs: 10 * minute, why: "an upgrade" }];
    const settings = alertSettings({ silences });
    const course = alertCourse(settings);
    const [open, closed] = cameAndWent(1, "redis", 0, 20 * minute);
    course.at(0, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
    course.until(9 * minute);
    expect(course.sent).toEqual([]);
    expect(course.alerts().open).toMatchObject([{ firedMs: 30_000 }]);
    course.at(20 * minute, (alerts, nowMs) => incidentSeen(alerts, closed, undefined, settings, nowMs));
    course.until(30 * minute);
    expect(course.sent.map(({ status, atMs }) => [status, atMs])).toEqual([
      ["firing", 10 * minute],
      ["resolved", 22 * minute],
    ]);
  });
});

test("what is over when a silence ends is not sent", () => {
  const silences = [{ service: "redis", sinceMs: 0, untilMs: 10 * minute, why: "an upgrade" }];
  const settings = alertSettings({ silences });
  const course = alertCourse(settings);
  const [open, closed] = cameAndWent(1, "redis", 0, 9 * minute);
  course.at(0, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
  course.at(9 * minute, (alerts, nowMs) => incidentSeen(alerts, closed, undefined, settings, nowMs));
  course.at(10 * minute + 1, (alerts) => alerts);
  course.until(30 * minute);
  expect(course.sent).toEqual([]);
});

describe("a gate that does not open", () => {
  const closed = gateRecord("data", false);

  test("is one alert, with the deployment that it has ended, and is resolved when it opens", () => {
    const settings = alertSettings();
    const course = alertCourse(settings);
    course.at(0, (alerts, nowMs) => verdictSeen(alerts, closed, settings, nowMs));
    course.at(100, (alerts, nowMs) =>
      deploymentSeen(alerts, { outcome: "failed", phase: "data" }, settings, nowMs),
    );
    course.until(5 * minute);
    course.at(5 * minute, (alerts, nowMs) => verdictSeen(alerts, gateRecord("data", true), settings, nowMs));
    course.until(20 * minute);
    expect(course.sent.map(({ status, alert }) => [status, alert.kind, alert.phase])).toEqual([
      ["firing", "gate", "data"],
      ["resolved", "gate", "data"],
    ]);
  });

  test("because of a service whose incident is open is a part of that one's alert, which lasts until it opens", () => {
    const settings = alertSettings();
    const course = alertCourse(settings);
    const [open, over] = cameAndWent(1, "redis", 0, 10_000);
    const failures = [{ service: "redis" }] as unknown as ReturnType<typeof gateRecord>["failures"];
    course.at(0, (alerts, nowMs) => incidentSeen(alerts, open, undefined, settings, nowMs));
    course.at(5000, (alerts, nowMs) =>
      verdictSeen(
        alerts,
        gateRecord("data", false, {
          failures: failures.map((one) => ({ ...one, status: { probes: [] } as never })),
        }),
        settings,
        nowMs,
      ),
    );
    course.at(10_000, (alerts, nowMs) => incidentSeen(alerts, over, undefined, settings, nowMs));
    course.until(5 * minute);
    expect(course.sent).toMatchObject([{ status: "firing", alert: { kind: "incident", service: "redis" } }]);
    course.at(5 * minute, (alerts, nowMs) =>
      deploymentSeen(alerts, { outcome: "succeeded" }, settings, nowMs),
    );
    course.until(20 * minute);
    expect(course.sent).toHaveLength(2);
  });

  test("and an up that was broken off alerts nobody", () => {
    const settings = alertSettings();
    const course = alertCourse(settings);
    course.at(0, (alerts, nowMs) => deploymentSeen(alerts, { outcome: "interrupted" }, settings, nowMs));
    course.until(5 * minute);
    expect(course.sent).toEqual([]);
  });
});

describe("whatever happens", () => {
  test.for(Array.from({ length: 25 }, (_, i) => i + 1))(
    "each firing is resolved, a cause has one alert, and no symptom alerts alone (seed %i)",
    (seed) => {
      const random = seededRandom(seed * 31);
      const stack = started(seed);
      const sinceMs = stack.now();
      const victims = ["postgres", "mailer", "service1", "service15"];
      const struck = new Set<string>();
      for (let i = 0; i < 12; i++) {
        const victim = victims[Math.floor(random() * victims.length)] ?? "mailer";
        struck.add(victim);
        stack.at(sinceMs + random() * 60 * minute, () => {
          if (stack.workloads.get(victim)?.running) stack.crash(victim);
        });
      }
      stack.run(180 * minute);
      const afterMs = random() < 0.5 ? 0 : 3000;
      const seen = seenOf(stack, sinceMs);
      const course = alertCourse(alertSettings({ afterMs, needs: needsOf(stack) }), sinceMs);
      course.see(seen);
      for (const [name, { state }] of stack.records)
        if (state.name !== "ready") throw new Error(`the course is to end well: ${name} is ${state.name}`);
      course.until(stack.now() + 60 * minute);
      expect(course.alerts().open).toEqual([]);
      const byAlert = Map.groupBy(course.sent, ({ alert }) => alert.id);
      for (const all of byAlert.values()) {
        expect(all.map(({ status }) => status).at(-1)).toBe("resolved");
        expect(all.filter(({ status }) => status === "resolved")).toHaveLength(1);
      }
      for (const { alert } of course.sent) expect(struck, "a symptom").toContain(alert.service);
      // Of one service no two alerts are open at a time.
      for (const ofOne of Map.groupBy(byAlert.values(), ([first]) => first?.alert.service).values())
        for (const [i, all] of ofOne.entries())
          if (i > 0) expect(all[0]?.atMs).toBeGreaterThan(ofOne[i - 1]?.at(-1)?.atMs ?? Infinity);
      expect(course.sent.length, "something was to be seen").toBeGreaterThan(0);
    },
  );
});

test("over a day of faults at a database, there are at most a fifth of the alerts that an alerter of each service sends", () => {
  const random = seededRandom(99);
  const stack = started(99);
  const sinceMs = stack.now();
  const faults = 24;
  for (let i = 0; i < faults; i++)
    stack.at(sinceMs + (i + random() / 2) * 60 * minute, () => {
      if (stack.workloads.get("postgres")?.running) stack.crash("postgres", 137);
    });
  stack.run(25 * 60 * minute);
  const seen = seenOf(stack, sinceMs);
  const course = alertCourse(alertSettings({ afterMs: 0, needs: needsOf(stack) }), sinceMs);
  course.see(seen);
  course.until(stack.now() + 60 * minute);
  const transitions = seen.map((one) => one.transition);
  const naive = naiveAlerts(transitions, 0, stack.now());
  const firings = course.sent.filter(({ status }) => status === "firing").length;
  expect(firings).toBe(faults);
  expect(naive).toBe(21 * faults);
  expect(firings / naive).toBeLessThan(0.2);
});

describe("after a crash that has lost the last incidents", () => {
  const cause = { kind: "exited", text: "exited with code 1" };
  const failing = (service: string, patch: Partial<Standing> = {}): Standing => {
    return { service, state: "restarting", cause, supervised: true, ...patch };
  };
  const after = (standing: readonly Standing[], needs: Readonly<Record<string, readonly string[]>> = {}) => {
    const settings = alertSettings({ needs: (service) => needs[service] ?? [] });
    return afterBoot(noAlerts, [], standing, settings, 1000).open.map(({ service }) => service);
  };

  test("what fails by itself has an alert, and what follows from it has none", () => {
    const standing = [failing("backend"), failing("redis"), failing("mailer", { state: "ready" })];
    expect(after(standing, { backend: ["auth"], auth: ["redis"] })).toEqual(["redis"]);
    expect(after(standing)).toEqual(["backend", "redis"]);
  });

  test("what was never ready, was stopped, or begins again after a boot has none", () => {
    expect(
      after([
        failing("first", { supervised: false }),
        failing("stopped", { state: "stopped", cause: { kind: "operator", text: "stopped by hand" } }),
        failing("booted", { cause: { kind: "boot", text: "the engine was started again" } }),
        failing("symptom", { state: "degraded", cause: { kind: "dependency", text: "redis is not ready" } }),
      ]),
    ).toEqual([]);
  });
});
