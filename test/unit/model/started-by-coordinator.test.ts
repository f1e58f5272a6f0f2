import { describe, expect, test } from "vitest";
import { any, not } from "../../../lib/model/composites.ts";
import { logLine, running } from "../../../lib/model/probes.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";
import { readsLog } from "../../../lib/model/reads-log.ts";
import { resolveSchedule } from "../../../lib/model/schedule.ts";
import { isStartedByCoordinator } from "../../../lib/model/started-by-coordinator.ts";

const probes = { runs: resolveProbe(running()) };
const schedule = resolveSchedule({ schedule: "0 3 * * *" });

test.each([
  ["a service", { probes }, false],
  ["a service whose probes read its log", { probes: { ...probes, says: resolveProbe(logLine(/x/)) } }, true],
  ["a job that runs when it has changed", { probes, runs: "whenChanged" }, false],
  ["a job that runs once", { probes, runs: "once" }, true],
  ["a job with a schedule", { probes, schedule }, true],
] as const)("%s is started by the coordinator: %3$s", (_what, service, expected) => {
  expect(isStartedByCoordinator(service)).toBe(expected);
});

describe("a probe reads the log", () => {
  test.each([
    [logLine(/x/), true],
    [any([running(), not(logLine(/x/))]), true],
    [any([running(), running()]), false],
  ])("%j: %s", (probe, reads) => {
    expect(readsLog(resolveProbe(probe))).toBe(reads);
    expect(readsLog(probe)).toBe(reads);
  });
});
