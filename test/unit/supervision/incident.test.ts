import { describe, expect, test } from "vitest";
import type { Incident, Transition } from "../../../lib/model/transition.ts";
import { connectedParts, needsOf } from "../../../lib/supervision/needs-graph.ts";
import { noIncidents, note, reconciled } from "../../../lib/supervision/incident.ts";
import { desiredService } from "../../support/desired.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import type { SimulatedStack } from "../../support/simulated-stack.ts";
import { simulatedStack } from "../../support/simulated-stack.ts";

/** A stack of two parts, up and ready. */
function started(): SimulatedStack {
  const stack = simulatedStack(
    [
      desiredService("redis", { startIndex: 0 }),
      desiredService("auth", { startIndex: 1, needs: { redis: "restart" } }),
      desiredService("backend", { startIndex: 2, needs: { redis: "revalidate", auth: "ignore" } }),
      desiredService("mailer", { startIndex: 3 }),
    ],
    seededRandom(11),
  );
  for (const name of stack.records.keys()) stack.startByHand(name);
  stack.run(30_000);
  return stack;
}

/** The incidents of what has happened since, as last known. */
function incidentsSince(stack: SimulatedStack, sinceMs: number): Incident[] {
  const numbers = connectedParts(stack.records);
  const partOf = (name: string) => numbers.get(name);
  const needed = (name: string) => needsOf(stack.records, name);
  const known = new Map<number, Incident>();
  let incidents = noIncidents;
  for (const [i, { atMs, service, from, to, cause }] of stack.changes.entries()) {
    if (atMs < sinceMs) continue;
    const noted = note(
      incidents,
      { seq: i, atMs, service, from, to, cause, generation: 1 },
      // In this world each of them is.
      {
        partOf,
        needsOf: needed,
        supervised: true,
        anotherRestart: from === "restarting" && to === "restarting",
      },
    );
    incidents = noted.incidents;
    if (noted.incident) known.set(noted.incident.id, noted.incident);
  }
  return [...known.values()];
}

describe("an incident", () => {
  test("is one root failure with all that follows from it, and ends when all of that is well", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.crash("redis", 137);
    stack.run(60_000);
    const [incident, ...others] = incidentsSince(stack, sinceMs);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      root: "redis",
      cause: { kind: "exited", text: "exited with code 137" },
      outcome: "recovered",
      services: { redis: "ready", auth: "ready", backend: "ready" },
      steps: [
        { service: "redis", action: "restart", because: "redis", result: "ready" },
        { service: "auth", action: "restart", because: "redis", result: "ready" },
        { service: "backend", action: "revalidate", because: "redis", result: "ready" },
      ],
    });
    expect(incident?.services).not.toHaveProperty("mailer");
    const [first] = incident?.steps ?? [];
    expect(first?.tookMs).toBeGreaterThan(1000);
    expect(incident?.closedMs).toBeGreaterThan(incident?.openedMs ?? 0);
  });

  test("takes in a second failure of its part of the graph, and none of another part", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.crash("redis");
    stack.crash("mailer");
    stack.at(stack.now() + 200, () => stack.crash("backend"));
    stack.run(120_000);
    const incidents = incidentsSince(stack, sinceMs);
    expect(incidents.map(({ root, outcome }) => [root, outcome]).sort()).toEqual([
      ["mailer", "recovered"],
      ["redis", "recovered"],
    ]);
  });

  test("has for its root what the first that noticed needs, where that fails soon after", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.crash("backend", 1);
    stack.at(stack.now() + 300, () => stack.crash("auth", 2));
    stack.at(stack.now() + 900, () => stack.crash("redis", 137));
    stack.run(120_000);
    const incidents = incidentsSince(stack, sinceMs);
    expect(incidents).toMatchObject([
      { root: "redis", cause: { text: "exited with code 137" }, outcome: "recovered" },
    ]);
    expect(incidents[0]?.openedMs, "it began when it was noticed").toBeLessThan(sinceMs + 300);
  });

  test("keeps its root where what that needs fails long after, or what needs it soon after", () => {
    const stack = started();
    const sinceMs = stack.now();
    Object.assign(stack.workloads.get("auth") ?? {}, { crashes: true });
    stack.crash("auth", 1);
    stack.at(stack.now() + 200, () => stack.crash("backend"));
    stack.at(stack.now() + 60_000, () => stack.crash("redis", 137));
    stack.run(120_000);
    expect(incidentsSince(stack, sinceMs)).toMatchObject([{ root: "auth", cause: { kind: "exited" } }]);
  });

  test("of a service that is given up stays open, with what depends on it", () => {
    const stack = started();
    const sinceMs = stack.now();
    Object.assign(stack.workloads.get("redis") ?? {}, { crashes: true });
    stack.crash("redis");
    stack.run(600_000);
    const [incident] = incidentsSince(stack, sinceMs);
    expect(incident).toMatchObject({
      outcome: "givenUp",
      services: { redis: "givenUp", auth: "degraded", backend: "degraded" },
    });
    expect(incident?.closedMs).toBeUndefined();
    const orders = stack.orders.filter(({ atMs }) => atMs >= sinceMs);
    expect(incident?.steps, "each restart, however soon it ended").toHaveLength(orders.length);
    expect(new Set(incident?.steps.map(({ result }) => result))).toEqual(new Set(["failed"]));
  });

  test("is none when somebody stops a service", () => {
    const stack = started();
    const sinceMs = stack.now();
    stack.stopByHand("redis");
    stack.run(60_000);
    expect(incidentsSince(stack, sinceMs)).toEqual([]);
  });
});

describe("an open incident after a start of the coordinator", () => {
  const incident: Incident = {
    ...{ id: 7, openedMs: 0, root: "auth", cause: { kind: "exited", text: "exited with code 1" } },
    outcome: "open",
    services: { auth: "starting", backend: "restarting", old: "degraded" },
    steps: [{ service: "auth", action: "restart", because: "auth", beganMs: 10 }],
  };
  const open = { open: [incident], nextId: 8 };
  const after = (states: Partial<Record<string, Transition["to"]>>) =>
    reconciled(open, (service) => states[service], 100);

  test("takes the states that it was not kept with, and is over where all is well by them", () => {
    const { incidents, changed } = after({ auth: "ready", backend: "ready", old: "ready" });
    expect(incidents).toEqual({ open: [], nextId: 8 });
    expect(changed).toMatchObject([
      {
        id: 7,
        outcome: "recovered",
        closedMs: 100,
        steps: [{ service: "auth", tookMs: 90, result: "ready" }],
      },
    ]);
  });

  test("goes on where a service is not well yet", () => {
    const { incidents, changed } = after({ auth: "ready", backend: "restarting", old: "degraded" });
    expect(incidents.open).toEqual(changed);
    expect(changed).toMatchObject([{ outcome: "open", services: { auth: "ready", backend: "restarting" } }]);
    expect(changed[0]).not.toHaveProperty("closedMs");
  });

  test("does not wait for a service that has left the declaration", () => {
    const { changed } = after({ auth: "ready", backend: "ready" });
    expect(changed).toMatchObject([{ outcome: "recovered", services: { auth: "ready", backend: "ready" } }]);
    expect(after({}).changed).toMatchObject([{ outcome: "stopped", closedMs: 100 }]);
  });

  test("is left alone where it was kept as it is", () => {
    const states = { auth: "starting", backend: "restarting", old: "degraded" } as const;
    expect(after(states)).toEqual({ incidents: open, changed: [] });
  });
});

test("a restart that waits for what has ended with it begins after that, and because of it", () => {
  const exited = { kind: "exited", text: "exited with code 1" } as const;
  const waits = {
    kind: "dependency",
    text: "redis, which it depends on, is not ready",
    service: "redis",
  } as const;
  const changes = [
    ["api", "ready", "restarting", exited],
    ["redis", "ready", "restarting", exited],
    ["api", "restarting", "pending", waits],
    ["redis", "restarting", "starting", exited],
    ["redis", "starting", "ready", exited],
    ["api", "pending", "restarting", { ...waits, text: "redis, which it needs, runs again" }],
    ["api", "restarting", "starting", waits],
    ["api", "starting", "ready", waits],
  ] as const;
  let incidents = noIncidents;
  let last: Incident | undefined;
  for (const [i, [service, from, to, cause]] of changes.entries()) {
    const transition = { seq: i, atMs: i * 10, service, from, to, cause, generation: 1 };
    const noted = note(incidents, transition, {
      ...{ partOf: () => 1, supervised: true, anotherRestart: false },
      needsOf: (of) => new Set(of === "api" ? ["redis"] : []),
    });
    ({ incidents, incident: last } = noted);
  }
  expect(last).toMatchObject({ root: "redis", outcome: "recovered" });
  expect(last?.steps).toEqual([
    { service: "redis", action: "restart", because: "redis", beganMs: 10, tookMs: 30, result: "ready" },
    { service: "api", action: "restart", because: "redis", beganMs: 50, tookMs: 20, result: "ready" },
  ]);
});

describe("a restart that is begun again", () => {
  const cause = { kind: "dependency", text: "auth, which it needs, runs again", service: "auth" };
  const open: Incident = {
    ...{ id: 1, openedMs: 0, root: "auth", cause: { kind: "exited", text: "exited with code 1" } },
    ...{ outcome: "open", services: { auth: "ready", backend: "degraded" }, steps: [] },
  };
  const stepsAfter = (...states: Transition["to"][]) => {
    let incidents = { open: [open], nextId: 2 };
    let last: Incident | undefined;
    for (const [i, to] of states.entries()) {
      const from = states[i - 1] ?? "degraded";
      const own = i < 2 ? cause : { kind: "boot", text: "its turn has come" };
      const transition = { seq: i, atMs: i * 10, service: "backend", from, to, cause: own, generation: 1 };
      const noted = note(incidents, transition, {
        ...{ partOf: () => 1, needsOf: () => new Set<string>(), supervised: true, anotherRestart: false },
      });
      incidents = { open: [...noted.incidents.open], nextId: noted.incidents.nextId };
      last = noted.incident;
    }
    return last?.steps.map(({ because, result }) => `${because}: ${result}`);
  };

  test("because the coordinator was killed in it is one step, of the same cause", () => {
    expect(stepsAfter("restarting", "pending", "restarting", "starting", "ready")).toEqual(["auth: ready"]);
  });

  test("after it has run, and ended, is another one", () => {
    expect(stepsAfter("restarting", "starting", "pending", "restarting", "starting", "ready")).toEqual([
      "auth: failed",
      "backend: ready",
    ]);
  });
});
