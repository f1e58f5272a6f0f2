import { expect, test } from "vitest";
import { parseProfile, resolvePlan, type StackDeclaration } from "phasegate";
import { planText } from "../../../lib/cli/plan.ts";
import { netra } from "../../../stacks/netra.ts";

const profile = parseProfile("test", {
  declaration: "netra",
  environment: "test",
  startupTimeoutMultiplier: 1,
  healthCheckInterval: "10s",
  validationLevel: "basic",
  portBase: 16_000,
  images: {},
});
const slow = { window: "10m", baseline: "24h", factor: 3 } as const;

/** The lines of a plan that say how services are watched, each service's with its name. */
function watched(declaration: StackDeclaration): string[] {
  let service = "";
  return planText(resolvePlan(declaration, profile, "test"))
    .split("\n")
    .flatMap((line) => {
      service = /^ {2}(\w+) /.exec(line)?.[1] ?? service;
      const [, said] = /^ *(?:once ready:?) +(.*)/.exec(line) ?? [];
      return said === undefined ? [] : [`${service}: ${said}`];
    });
}

const usual = "probed every 10s, 3 failures in a row count; at most 5 restarts within 10m";

test("how the services are watched is said once", () => {
  expect(watched(netra)).toEqual([`: ${usual}`]);
  expect(planText(resolvePlan(netra, profile, "test")).split("\n")[1]).toBe(`once ready: ${usual}`);
});

test("what is watched otherwise has a line of its own, with all that is said of it", () => {
  const services = {
    ...netra.services,
    auth: {
      ...netra.services["auth"],
      supervision: { interval: "5s", failureThreshold: 1, successThreshold: 2, slow },
    },
    backend: { ...netra.services["backend"], supervision: { intensity: { restarts: 0, within: "1m" } } },
    migrations: {
      ...netra.services["migrations"],
      supervision: { intensity: { restarts: 1, within: "1h" } },
    },
  } as StackDeclaration["services"];
  expect(watched({ ...netra, services })).toEqual([
    `: ${usual}`,
    "migrations: at most 1 restart within 1h",
    "auth: probed every 5s, 1 failure counts; 2 passes in a row end them; at most 5 restarts within 10m; slow where the p95 of 10m is over 3 × that of the rest of 24h",
    "backend: probed every 10s, 3 failures in a row count; never restarted",
  ]);
});

test("a service that must stay ready says for how long", () => {
  const services = { ...netra.services, redis: { ...netra.services["redis"], minReady: "1s" } };
  const lines = planText(resolvePlan({ ...netra, services } as StackDeclaration, profile, "test")).split(
    "\n",
  );
  expect(lines.filter((line) => line.includes("stayed"))).toEqual([
    expect.stringMatching(/^ {4}counts as ready +once it has stayed ready for 1s$/),
  ]);
});

test("a probe whose failing means something else says what", () => {
  const { redis } = netra.services;
  const probes = Object.entries(redis?.validations?.["connectivityAndBusinessLogic"] ?? {});
  const validations = {
    connectivityAndBusinessLogic: Object.fromEntries(
      probes.map(([name, probe]) => [
        name,
        { ...probe, ...(name === "connectivity" && { whenFailing: "report" }) },
      ]),
    ),
  };
  const declaration = { ...netra, services: { ...netra.services, redis: { ...redis, validations } } };
  const lines = planText(resolvePlan(declaration as StackDeclaration, profile, "test")).split("\n");
  expect(lines.filter((line) => line.includes("when failing"))).toEqual([
    expect.stringMatching(/✓ connectivity +redis-ping +timeout 5s, when failing: report$/),
  ]);
});
