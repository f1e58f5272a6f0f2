import type Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { containerState } from "../../../lib/engine/container-state.ts";

/** What the engine tells of a container that was started at 12:00:00 and whose checks ended so, at these seconds. */
function inspected(
  status: string,
  checks: readonly (readonly [seconds: number, exitCode: number])[],
  settings: object = {},
) {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, seconds)).toISOString();
  return containerState({
    Id: "1",
    Name: "/shop",
    Created: at(-100),
    Config: { Image: "shop:1", Labels: null },
    HostConfig: { RestartPolicy: { Name: "no" }, Memory: 0, CpusetCpus: "", PidsLimit: null, ...settings },
    State: {
      ...{ Running: true, Restarting: false, Paused: false, ExitCode: 0, OOMKilled: false, Error: "" },
      ...{ StartedAt: at(0), FinishedAt: at(-1) },
      Health: {
        Status: status,
        Log: checks.map(([seconds, ExitCode]) => ({
          ...{ Start: at(seconds - 1), End: at(seconds), ExitCode, Output: `at ${seconds}` },
        })),
      },
    },
  } as unknown as Docker.ContainerInspectInfo);
}

const startedMs = Date.UTC(2026, 10, 24, 12);

describe("when the engine's health check passed for the first time", () => {
  test.for<[string, (readonly [number, number])[], number | undefined, string]>([
    ["it has not been made", [], undefined, ""],
    [
      "it failed at first",
      [
        [2, 1],
        [4, 0],
        [6, 0],
      ],
      4,
      "at 6",
    ],
    [
      "all that is known are checks of the run before",
      [
        [-8, 0],
        [-6, 0],
        [-4, 0],
      ],
      undefined,
      "",
    ],
    [
      "some are of the run before",
      [
        [-6, 0],
        [-4, 0],
        [-2, 0],
        [2, 1],
        [4, 0],
      ],
      4,
      "at 4",
    ],
    [
      "it passed at once, after the run before",
      [
        [-6, 0],
        [-4, 1],
        [-2, 1],
        [2, 0],
      ],
      2,
      "at 2",
    ],
    [
      "the engine has thrown the first ones away",
      [
        [12, 0],
        [14, 0],
        [16, 0],
        [18, 0],
        [20, 0],
      ],
      undefined,
      "at 20",
    ],
  ])("where %s", ([, checks, seconds, output]) => {
    const { healthyMs, healthOutput } = inspected("starting", checks);
    expect(healthyMs).toBe(seconds === undefined ? undefined : startedMs + seconds * 1000);
    expect(healthOutput).toBe(output);
  });
});

test.for<[object, string[]]>([
  [{}, []],
  [{ RestartPolicy: { Name: "always" } }, ["the restart policy always"]],
  [{ CpusetCpus: "0" }, ["a share, a quota or a set of its own of the CPUs"]],
  [{ PidsLimit: 10, BlkioWeight: 5 }, ["a weight of its disk"]],
])("the settings that somebody has given it: %j", ([settings, altered]) => {
  expect(inspected("none", [], settings).altered).toEqual(altered);
});

test.for<[object, object]>([
  [{}, {}],
  [{ Memory: 0, MemoryReservation: 0, NanoCpus: 0, PidsLimit: null }, {}],
  [{ MemoryReservation: -1, PidsLimit: -1 }, {}],
  [
    { Memory: 96 * 2 ** 20, MemoryReservation: 2 ** 20, NanoCpus: 1_500_000_000, PidsLimit: 10 },
    { memory: 96 * 2 ** 20, memoryReservation: 2 ** 20, cpus: 1.5, pids: 10 },
  ],
])("the limits of it: %j", ([settings, limits]) => {
  expect(inspected("none", [], settings).limits).toEqual(limits);
});
