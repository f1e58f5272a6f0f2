import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commands } from "../../../../lib/cli/commands.ts";
import type { ControlClient } from "../../../../lib/control/client.ts";
import { probeOn } from "../../../support/desired.ts";
import type { ServedCoordinator } from "../../../support/served-coordinator.ts";
import { answered, servedCoordinator } from "../../../support/served-coordinator.ts";

let served: ServedCoordinator;
let client: ControlClient;
beforeEach(async () => {
  served = await servedCoordinator();
  const { engine, apply, clock } = served.bench;
  for (const [startIndex, name] of ["api-1", "api-2"].entries()) {
    engine.add(name);
    apply(name, { probes: { answers: probeOn(startIndex) } }, { startIndex, replicaOf: "api" });
  }
  engine.add("web");
  apply("web", { probes: { answers: probeOn(2) } }, { startIndex: 2 });
  await clock.advance(20_000);
  for (const name of ["api-1", "api-2", "web"]) engine.crash(name, 137);
  await clock.advance(60_000);
  client = await served.client();
});
afterEach(async () => {
  client.close();
  await served.close();
});

/** What a command that takes a service asks the coordinator, and of which services its answer is. */
const asked: Readonly<Record<string, (service: string) => Promise<readonly string[]>>> = {
  start: (service) => command("start", service),
  stop: (service) => command("stop", service),
  restart: (service) => command("restart", service),
  run: (service) => command("run", service),
  events: async (service) => {
    const seen: string[] = [];
    await client.call("events", { last: 100, follow: false, service }, (event) => {
      if ("seq" in event) seen.push(event.service);
    });
    return seen;
  },
  incidents: async (service) =>
    (await client.call("incidents", { last: 10, service })).incidents.map(({ root }) => root),
  silence: async (service) => {
    const { service: named } = await client.call("silence", { service, forMs: 60_000, why: "an upgrade" });
    expect(named).toBe(service);
    const { silences } = await client.call("alerts", { last: 1 });
    expect(await client.call("endSilence", { service })).toMatchObject({ silence: { service } });
    expect((await client.call("alerts", { last: 1 })).silences).toEqual([]);
    return silences.map((silence) => silence.service);
  },
  validate: async (service) =>
    (await client.call("validate", { service })).attempts.map((attempt) => attempt.service ?? service),
  history: async (service) =>
    (await client.call("history", { last: 10, service })).starts.map(({ status }) => status.service),
  latencies: async (service) =>
    (await client.call("latencies", { sinceMs: 0, attempts: false, service })).probes.map(
      (one) => one.service,
    ),
};

async function command(action: "start" | "stop" | "restart" | "run", service: string) {
  const { steps } = await answered(served, client.call("command", { action, services: [service] }));
  return steps.map((step) => step.service);
}

const taking = commands()
  .filter(
    ({ registeredArguments, options }) =>
      registeredArguments.some((one) => ["service", "job"].includes(one.name())) ||
      options.some(({ long }) => long === "--service"),
  )
  .map((one) => one.name());

test("what is asked here is what every command that takes a service asks", () => {
  expect(Object.keys(asked).toSorted()).toEqual(taking.toSorted());
});

describe.each(taking)("phasegate %s", (name) => {
  const ask = (service: string) =>
    answered(served, asked[name]?.(service) ?? Promise.reject(new Error(name)));

  test("takes the name that all instances of a service have", async () => {
    // Only a job is run by hand, and a job has no instances.
    if (name === "run") return expect(ask("api")).rejects.toThrow("api-1 is no job");
    expect([...new Set(await ask("api"))].toSorted()).toEqual(["api-1", "api-2"]);
    expect([...new Set(await ask("api-2"))]).toEqual(["api-2"]);
    expect([...new Set(await ask("web"))]).toEqual(["web"]);
  });

  test("suggests it", () =>
    expect(ask("apo")).rejects.toThrow("the coordinator does not know apo (did you mean api?)"));
});
