import { describe, expect, test } from "vitest";
import {
  defineStack,
  job,
  parseProfile,
  resolvePlan,
  running,
  service,
  type StackDeclaration,
} from "phasegate";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import type { Json } from "../../../../lib/core/json.ts";
import { replaced } from "../../../support/perturbed.ts";

const profile = parseProfile("dev", {
  declaration: "boxed",
  environment: "development",
  startupTimeoutMultiplier: "1",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

const boxed = defineStack({
  name: "boxed",
  environments: ["development"],
  services: {
    box: service({ image: "box:1", validations: { ready: { runs: running({ level: "basic" }) } } }),
    task: job({ image: "task:1" }),
  },
  phases: { all: { title: "All", services: ["box", "task"], validation: "ready", timeout: "60s" } },
  needs: {},
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
});

/** The declaration with another value at a place of the service. */
function declared(path: string, value: unknown, name = "box"): StackDeclaration {
  const at = ["services", name, ...path.split(".")];
  return replaced(boxed as unknown as Json, at, value as Json) as unknown as StackDeclaration;
}

function planned(path: string, value: unknown, name = "box") {
  return resolvePlan(declared(path, value, name), profile, "dev").services[name];
}

function problems(path: string, value: unknown): readonly string[] {
  try {
    resolvePlan(declared(path, value), profile, "dev");
  } catch (error) {
    if (error instanceof PhasegateError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

test("what is not said of a container is not in its plan", () => {
  const { box } = resolvePlan(boxed, profile, "dev").services;
  expect(box).not.toHaveProperty("resources");
  expect(planned("resources", {})).not.toHaveProperty("resources");
});

describe("resources", () => {
  test("are in a plan as they are declared, of a job as well", () => {
    const resources = { memory: "1.5gb", memoryReservation: "512mb", shmSize: "128mb" };
    expect(planned("resources", resources)?.resources).toEqual({ ...resources, swap: "1.5gb" });
    expect(planned("resources", { memory: "64mb", swap: "0mb" }, "task")?.resources).toEqual({
      memory: "64mb",
      swap: "0mb",
    });
  });

  test("a ulimit is a soft and a hard one, and none is -1", () => {
    const ulimits = { nofile: 1024, nproc: { soft: 10, hard: 20 }, memlock: "unlimited" };
    expect(planned("resources", { ulimits })?.resources?.ulimits).toEqual({
      nofile: { soft: 1024, hard: 1024 },
      nproc: { soft: 10, hard: 20 },
      memlock: { soft: -1, hard: -1 },
    });
  });

  test.for<[string, unknown, string]>([
    ["resources", "512mb", 'resources: must be an object such as { memory: "512mb" }, and is a text'],
    ["resources.memroy", "512mb", 'resources.memroy: is not known here; did you mean "memory"?'],
    [
      "resources.memory",
      "512m",
      'resources.memory: "512m" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    [
      "resources.memory",
      "5mb",
      'resources.memory: "5mb" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    [
      "resources.memory",
      "6145kb",
      'resources.memory: "6145kb" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    ["resources.swap", "64mb", "resources.swap: bounds nothing without memory: give that a limit, too"],
    [
      "resources",
      { memory: "64mb", memoryReservation: "65mb" },
      "resources.memoryReservation: is more than the limit, 64mb",
    ],
    [
      "resources.ulimits.nofile",
      -1,
      'resources.ulimits.nofile: must be a whole number from 0 on, or "unlimited", and is -1',
    ],
    ["resources.ulimits.nofiles", 1, 'resources.ulimits.nofiles: is not known here; did you mean "nofile"?'],
    [
      "resources.ulimits",
      { nofile: { soft: 20, hard: 10 } },
      "resources.ulimits.nofile: the soft limit is more than the hard one",
    ],
    [
      "resources.ulimits",
      { nofile: { soft: "unlimited", hard: 10 } },
      "resources.ulimits.nofile: the soft limit is more than the hard one",
    ],
  ])("%s: %j is refused", ([path, value, problem]) => {
    expect(problems(path, value)).toEqual([`  - services.box.${problem}`]);
  });
});
