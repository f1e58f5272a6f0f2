import { describe, expect, test } from "vitest";
import type { ServiceProgress } from "../../../lib/readiness/progress-text.ts";
import { progressText } from "../../../lib/readiness/progress-text.ts";
import type { ReadinessState } from "../../../lib/readiness/readiness-state.ts";
import type { ProbeStatus } from "../../../lib/model/status.ts";
import { probeStatus, serviceStatus } from "../../support/statuses.ts";

const nowMs = 2_000_000;
const ready: ServiceProgress = {
  status: serviceStatus("redis"),
  state: { state: "ready", readyMs: nowMs, startedMs: nowMs, countedFromMs: nowMs },
  job: false,
  maxRetries: 3,
};
const service = (
  name: string,
  probes: ProbeStatus[],
  state: ReadinessState = { state: "starting", deadlineMs: nowMs + 258_000 },
  patch: Partial<ServiceProgress> = {},
): ServiceProgress => ({
  status: serviceStatus(name, { probes }),
  state,
  job: false,
  maxRetries: 3,
  ...patch,
});
const passing = (name: string) => probeStatus(name, { passing: true });
const refused = { code: "refused", text: "connection refused by clickhouse:8123", permanent: false };

describe("the progress of a gate", () => {
  test("counts what is ready, and says what the rest waits for", () => {
    const clickhouse = service("clickhouse", [
      passing("a"),
      passing("b"),
      passing("c"),
      probeStatus("systemTablesReady", { attempts: 11, lastCause: refused }),
    ]);
    expect(progressText([ready, ready, clickhouse], nowMs)).toBe(
      "2/3 ready · clickhouse 3 of 4, 12s of 270s: systemTablesReady: connection refused by clickhouse:8123 (11 attempts)",
    );
    expect(progressText([ready, ready], nowMs)).toBe("2/2 ready");
  });

  test("says at once what waiting will not heal", () => {
    const cause = {
      code: "authentication",
      text: "postgres:5432 does not accept the password of netra",
      permanent: true,
    };
    const postgres = service("postgres", [
      probeStatus("pool", { lastCause: refused }),
      probeStatus("query", { attempts: 2, lastCause: cause }),
    ]);
    expect(progressText([postgres], nowMs)).toBe(
      "0/1 ready · postgres 0 of 2, 12s of 270s: query: postgres:5432 does not accept the password of netra (2 attempts, will not heal by waiting)",
    );
  });

  test("of a service that has not started, has not been answered, is restarting, has failed", () => {
    const exit = { code: 1, outOfMemory: false, startError: "" };
    expect(progressText([service("web", [], { state: "pending" })], nowMs)).toBe(
      "0/1 ready · web not started yet",
    );
    expect(progressText([service("web", [probeStatus("up", { attempts: 0 })])], nowMs)).toBe(
      "0/1 ready · web 0 of 1, 12s of 270s",
    );
    const restarting = service(
      "auth",
      [],
      { state: "restarting", dueMs: nowMs + 2000, nth: 3, exit },
      // The restart is counted when it is begun, and the state is another once the container runs.
      { status: serviceStatus("auth", { restarts: 3 }) },
    );
    expect(progressText([restarting], nowMs)).toBe(
      "0/1 ready · auth restarting in 2s (3 of 3), exited with code 1",
    );
    expect(progressText([restarting], nowMs + 2000)).toBe(
      "0/1 ready · auth restarting now (3 of 3), exited with code 1",
    );
  });

  test("of a job that runs", () => {
    const running = probeStatus("completed", {
      lastCause: { code: "running", text: "migrations is still running", permanent: false },
    });
    expect(
      progressText(
        [service("migrations", [running], { state: "starting", deadlineMs: nowMs + 258_000 }, { job: true })],
        nowMs,
      ),
    ).toBe("0/1 ready · migrations running");
  });

  test("is one line of bounded length", () => {
    const long = probeStatus("probe", {
      lastCause: { code: "server", text: "the answer\n".repeat(100), permanent: false },
    });
    const text = progressText(
      Array.from({ length: 40 }, (_, i) => service(`service${i}`, [long])),
      nowMs,
    );
    expect(text.length).toBeLessThanOrEqual(260);
    expect(text).not.toContain("\n");
    expect(text).toMatch(
      /^0\/40 ready · service0 0 of 1, 12s of 270s: probe: the answer the answer .*\.\.\. \(1 attempt\) · and 39 more$/,
    );
  });
});
