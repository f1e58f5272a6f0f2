import { describe, expect, test } from "vitest";
import { completed, job, logLine, resolvePlan, type StackDeclaration } from "phasegate";
import type { JobRuns } from "../../../lib/model/job.ts";
import { profile, shop } from "../../support/shop.ts";

const plan = resolvePlan(shop, profile, "dev");

describe("a job in a plan", () => {
  test("asks of a job that it completes, at every level", () => {
    expect(plan.services["migrations"]?.readiness.probes).toEqual({
      completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false },
    });
  });

  test("asks of a job that it completes as its validation says, at every level, and the rest by level", () => {
    const migrations = job({
      image: "migrations:1",
      validations: { connectivity: { skipped: completed({ exitCode: 3 }), wrote: logLine(/done/) } },
    });
    const services = { ...shop.services, migrations };
    const { probes } =
      resolvePlan({ ...shop, services }, profile, "dev").services["migrations"]?.readiness ?? {};
    expect(probes).toEqual({
      skipped: { kind: "completed", exitCode: 3, timeout: "5s", level: "basic", mutates: false },
      wrote: {
        kind: "log-line",
        pattern: { source: "done", flags: "" },
        timeout: "5s",
        level: "comprehensive",
        mutates: false,
      },
    });
  });

  test("an edge of a job has its own policy, or none: what it has done stays done", () => {
    const needsOf = (needs: StackDeclaration["needs"]) =>
      resolvePlan({ ...shop, needs }, profile, "dev").services["migrations"]?.needs;
    expect(needsOf({ migrations: ["postgres"] })).toEqual({ postgres: "ignore" });
    expect(needsOf({ migrations: { postgres: "restart" } })).toEqual({ postgres: "restart" });
    // What needs a job is a matter of its own.
    expect(
      resolvePlan({ ...shop, needs: { api: ["migrations"] } }, profile, "dev").services["api"]?.needs,
    ).toEqual({ migrations: "revalidate" });
  });

  test("when a job runs, and what needs one that runs at every up is not restarted for that unless its edge says so", () => {
    const withRuns = (
      runs: JobRuns | undefined,
      needs: StackDeclaration["needs"] = { api: ["migrations"] },
    ) => {
      const { migrations } = shop.services;
      const services = { ...shop.services, migrations: { ...migrations, ...(runs && { runs }) } };
      return resolvePlan({ ...shop, services, needs } as StackDeclaration, profile, "dev").services;
    };
    expect(withRuns("everyUp")).toMatchObject({
      api: { needs: { migrations: "ignore" } },
      migrations: { runs: "everyUp" },
    });
    expect(withRuns("everyUp", { api: { migrations: "restart" } })["api"]?.needs).toEqual({
      migrations: "restart",
    });
    expect(withRuns("once")).toMatchObject({
      api: { needs: { migrations: "revalidate" } },
      migrations: { runs: "once" },
    });
    for (const runs of [undefined, "whenChanged"] as const)
      expect(withRuns(runs)["migrations"]).not.toHaveProperty("runs");
    expect(() => withRuns("once", { migrations: { postgres: "restart" } })).toThrow(
      '  - needs.migrations.postgres: "restart" would run migrations again, and it runs once',
    );
  });

  test("a job's schedule, whose gate does not wait for it, unless its runs say so", () => {
    const scheduled = (times: object, needs: StackDeclaration["needs"] = {}) => {
      const services = { ...shop.services, migrations: { ...shop.services.migrations, ...times } };
      return resolvePlan({ ...shop, services, needs } as StackDeclaration, profile, "dev").services;
    };
    expect(scheduled({ schedule: "0 3 * * *" })["migrations"]).toMatchObject({
      schedule: { cron: "0 3 * * *", timeZone: "UTC", missed: "skip" },
    });
    const own = { schedule: "0 3 * * *", timeZone: "Europe/Berlin", missed: "run", startingDeadline: "1h" };
    expect(scheduled({ ...own, runs: "whenChanged" }, { api: ["migrations"] })).toMatchObject({
      api: { needs: { migrations: "ignore" } },
      migrations: {
        runs: "whenChanged",
        schedule: { cron: "0 3 * * *", timeZone: "Europe/Berlin", missed: "run", startingDeadline: "1h" },
      },
    });
    expect(scheduled({ schedule: "0 3 * * *", timeout: "5h" })["migrations"]?.readiness.budget).toBe(
      "27000s",
    );
    for (const [times, problem] of [
      [{ schedule: "0 25 * * *" }, 'schedule: "0 25 * * *" is not a schedule such as "0 3 * * *"'],
      [{ schedule: "0 0 30 2 *" }, 'schedule: "0 0 30 2 *" is not a schedule'],
      [{ schedule: "0 3 * * *", timeZone: "Mars" }, 'timeZone: "Mars" is not a time zone'],
      [{ timeZone: "UTC" }, "timeZone: means nothing without a schedule"],
      [
        { schedule: "0 3 * * *", startingDeadline: "1h" },
        'startingDeadline: means nothing where missed is not "run"',
      ],
      [{ schedule: "0 3 * * *", runs: "once" }, 'runs: "once" and a schedule contradict each other'],
    ] as const)
      expect(() => scheduled(times)).toThrow(`  - services.migrations.${problem}`);
    expect(() => scheduled({ schedule: "0 3 * * *" }, { api: ["migrations"] })).toThrow(
      "  - needs.api[0]: migrations runs by its schedule alone, so nothing can wait for it",
    );
  });
});
