import { spawn, spawnSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { costOfEach } from "../../../bench/probe-cost/cost.ts";
import { idle, probedPlan } from "../../../bench/probe-cost/declaration.ts";
import { usedBetween, workingProcess } from "../../../bench/probe-cost/engine-processes.ts";
import type { HealthCheckCost } from "../../../bench/probe-cost/health-checks.ts";
import { kinds } from "../../../bench/probe-cost/kinds.ts";
import { cheapestCheck, probesReport } from "../../../bench/probe-cost/report.ts";
import { serviceNames } from "../../../bench/probe-cost/services.ts";
import { processorTime } from "../../../bench/process-cost.ts";
import { probeKinds } from "../../../lib/model/probe-kinds/registry.ts";

describe("the processor time", () => {
  test("of an attempt is what was used over what the idle ones use, each", () => {
    const idleSpent = { forMs: 1000, coordinatorMs: 10, engineMs: 20 };
    const spent = { forMs: 2000, coordinatorMs: 120, engineMs: 40 };
    expect(costOfEach(spent, idleSpent, 50)).toEqual({ coordinatorMs: 2, engineMs: 0 });
  });

  test("of less than the idle ones use is none", () => {
    const idleSpent = { forMs: 1000, coordinatorMs: 10, engineMs: 20 };
    const spent = { forMs: 1000, coordinatorMs: 9, engineMs: 19 };
    expect(costOfEach(spent, idleSpent, 1)).toEqual({ coordinatorMs: 0, engineMs: 0 });
  });

  test("between two accounts is that of the processes that were there all the time", () => {
    const before = new Map([
      [1, 100],
      [2, 50],
    ]);
    const after = new Map([
      [1, 130],
      [3, 1000],
    ]);
    expect(usedBetween(before, after)).toBe(30);
  });

  test("of a process counts the children that it has waited for apart", () => {
    const burn = (ms: number) => {
      const begun = process.cpuUsage();
      for (;;) {
        const { user, system } = process.cpuUsage(begun);
        if (user + system >= ms * 1000) return;
      }
    };
    const before = processorTime(process.pid);
    expect(spawnSync(process.execPath, ["-e", `(${burn.toString()})(100)`]).status).toBe(0);
    const between = processorTime(process.pid);
    expect(between.waitedMs - before.waitedMs).toBeGreaterThanOrEqual(90);
    burn(50);
    const after = processorTime(process.pid);
    expect(after.ownMs - between.ownMs).toBeGreaterThanOrEqual(40);
    expect(after.waitedMs).toBe(between.waitedMs);
  });
});

test("the process that works in a container is the child of its first one, or that itself", async () => {
  const parent = spawn("sh", ["-c", "sleep 5 & wait"]);
  const pid = parent.pid ?? 0;
  const child = await vi.waitUntil(() => workingProcess(pid) !== pid && workingProcess(pid));
  expect(workingProcess(child)).toBe(child);
  process.kill(child);
});

test.for(Object.entries(kinds))(
  "%s is what its service is probed by, and no other",
  ([name, { service }]) => {
    const { services } = probedPlan(name, 3, "bench");
    const probed = Object.entries(services).flatMap(([own, { readiness }]) =>
      Object.values(readiness.probes).map(({ kind }) => [own, kind]),
    );
    const others = serviceNames.filter((own) => own !== service).map((own) => [own, "running"]);
    expect(probed).toHaveLength(3 + others.length);
    expect(probed).toEqual(expect.arrayContaining([...others, [service, name]]));
    expect(services[service]?.supervision.interval).toBe("1s");
  },
);

test("every kind is measured but those that cannot be", () => {
  const not = ["completed", "amqp-queue"];
  expect([...Object.keys(kinds), ...not].sort()).toEqual(Object.keys(probeKinds).sort());
});

test("idle means that nothing is probed often", () => {
  const { services } = probedPlan(idle, 3, "bench");
  for (const { supervision } of Object.values(services)) expect(supervision.interval).toBe("1h");
});

const check = (title: string, engineMs: number, asks: boolean): HealthCheckCost => ({
  ...{ title, asks, checks: 10, coordinatorMs: 0, engineMs },
});
const checks = [check("true", 20, false), check("bash", 60, true), check("pg_isready", 50, true)];

test("probes are held against the cheapest check that asks something", () => {
  expect(cheapestCheck(checks)?.title).toBe("pg_isready");
  expect(cheapestCheck([])).toBeUndefined();
});

test("what the engine does for an attempt counts, and a tenth of a check is missed", () => {
  const machine = { processors: 2, model: "m", memoryGib: 1, kernel: "k", engine: "e", node: "n" };
  const kind = (name: string, coordinatorMs: number, engineMs: number) => ({
    ...{ kind: name, attempts: 100, coordinatorMs, engineMs },
  });
  const report = probesReport({
    ...{ machine, busyBefore: 0, seconds: 20, probes: 10, healthChecks: checks },
    kinds: [kind("tcp", 1, 1), kind("exec", 1, 50), kind("http", 5, 0)],
    failures: ["smtp could not be measured:\nrefused"],
  });
  const rowOf = (name: string) =>
    report
      .split("\n")
      .find((line) => line.startsWith(`| \`${name}\``))
      ?.replaceAll(/ +/g, " ");
  expect(rowOf("tcp")).toContain("| 1.0 ms | 1.0 ms | 4.0 % | < 10.0 % | reached |");
  expect(rowOf("exec")).toContain("| 1.0 ms | 50.0 ms | 102.0 % | < 10.0 % | missed |");
  expect(report).toContain("smtp could not be measured: refused");
  expect(rowOf("http")).toContain("| 10.0 % | < 10.0 % | missed |");
});
