import { describe, expect, test } from "vitest";
import { statusOf } from "../../../lib/coordinator/supervisor/status-of.ts";
import type { Cause } from "../../../lib/probe/outcome.ts";
import { newRecord as newProbeRecord } from "../../../lib/readiness/probe-record.ts";
import type { ProbeRecord } from "../../../lib/readiness/probe-record.ts";
import type { ServiceProgress } from "../../../lib/supervision/progress-text.ts";
import { progressText } from "../../../lib/supervision/progress-text.ts";
import type { ServiceRecord } from "../../../lib/supervision/service-record.ts";
import { newRecord } from "../../../lib/supervision/service-record.ts";
import type { ServiceState, StateCause } from "../../../lib/supervision/service-state.ts";
import { desiredService, readinessSpec } from "../../support/desired.ts";

const nowMs = 2_000_000;
const cause: StateCause = { kind: "deployment", text: "its container was started" };
const base = { cause, sinceMs: nowMs } as const;
const starting: ServiceState = { ...base, name: "starting", deadlineMs: nowMs + 258_000 };

function service(
  name: string,
  probes: readonly ProbeRecord[],
  state: ServiceState = starting,
  patch: Partial<ServiceRecord> & { readonly job?: boolean; readonly confirming?: boolean } = {},
): ServiceProgress {
  const { job = false, confirming = false, ...own } = patch;
  const readiness = readinessSpec({
    budget: "270s",
    job,
    restarts: { maxRetries: 3, backoff: { initial: "1s", multiplier: 2, max: "30s" } },
  });
  const fresh = newRecord(desiredService(name, { readiness }), 1, {}, nowMs);
  const record = { ...fresh, state, probes, ...own };
  return { status: statusOf(record), record, confirming };
}

const probe = (name: string, patch: Partial<ProbeRecord> = {}): ProbeRecord => ({
  ...newProbeRecord(name, "tcp"),
  attempts: 1,
  ...patch,
});
const passing = (name: string) => probe(name, { passing: true });
const refused: Cause = { code: "refused", text: "connection refused by clickhouse:8123", permanent: false };
const ready = service("redis", [], { ...base, name: "ready", readyMs: nowMs, countedFromMs: nowMs });

describe("the progress of a gate", () => {
  test("counts what is ready, and says what the rest waits for", () => {
    const clickhouse = service("clickhouse", [
      passing("a"),
      passing("b"),
      passing("c"),
      probe("systemTablesReady", { attempts: 11, lastCause: refused }),
    ]);
    expect(progressText([ready, ready, clickhouse], nowMs)).toBe(
      "2/3 ready · clickhouse 3 of 4, 12s of 270s: systemTablesReady: connection refused by clickhouse:8123 (11 attempts)",
    );
    expect(progressText([ready, ready], nowMs)).toBe("2/2 ready");
  });

  test("says at once what waiting will not heal", () => {
    const wrong: Cause = {
      code: "authentication",
      text: "postgres:5432 does not accept the password of netra",
      permanent: true,
    };
    const postgres = service("postgres", [
      probe("pool", { lastCause: refused }),
      probe("query", { attempts: 2, lastCause: wrong }),
    ]);
    expect(progressText([postgres], nowMs)).toBe(
      "0/1 ready · postgres 0 of 2, 12s of 270s: query: postgres:5432 does not accept the password of netra (2 attempts, will not heal by waiting)",
    );
  });

  test("of a service that has not started, has not been answered, is restarting", () => {
    const exit = { code: 1, outOfMemory: false, startError: "" };
    const pending: ServiceState = {
      ...{ name: "pending", waitsFor: "creator", sinceMs: nowMs },
      cause: { kind: "deployment", text: "not started yet" },
    };
    expect(progressText([service("web", [], pending)], nowMs)).toBe("0/1 ready · web not started yet");
    expect(progressText([service("web", [probe("up", { attempts: 0 })])], nowMs)).toBe(
      "0/1 ready · web 0 of 1, 12s of 270s",
    );
    const restarting: ServiceState = { ...base, name: "restarting", dueMs: nowMs + 2000, nth: 3, exit };
    const auth = service("auth", [], restarting, { restarts: 3 });
    expect(progressText([auth], nowMs)).toBe(
      "0/1 ready · auth restarting in 2s (3 of 3), exited with code 1",
    );
    expect(progressText([auth], nowMs + 2000)).toBe(
      "0/1 ready · auth restarting now (3 of 3), exited with code 1",
    );
  });

  test("of a restart that is supervised counts by its intensity, and of one that is wanted says why", () => {
    const unhealthy: StateCause = { kind: "unhealthy", text: "up: the answer was 503" };
    const restarting = { ...base, name: "restarting", dueMs: nowMs, exit: undefined } as const;
    const supervised = service("web", [], { ...restarting, nth: 2, cause: unhealthy });
    const { specHash, verification } = supervised.record.desired;
    const verified = { specHash, verification, generation: 1 };
    expect(progressText([{ ...supervised, record: { ...supervised.record, verified } }], nowMs)).toBe(
      "0/1 ready · web restarting now (2 of 5), up: the answer was 503",
    );
    const follows: StateCause = { kind: "dependency", text: "redis, which it needs, runs again" };
    expect(progressText([service("web", [], { ...restarting, nth: 0, cause: follows })], nowMs)).toBe(
      "0/1 ready · web restarting now, redis, which it needs, runs again",
    );
  });

  test("of a service that no waiting makes ready, or that waits for another, says why", () => {
    const failed: ServiceState = {
      ...{ name: "failed", reason: "exited", usedMs: 1, atMs: nowMs, sinceMs: nowMs },
      exit: { code: 3, outOfMemory: false, startError: "" },
      cause: { kind: "exited", text: "it has ended more often than its policy allows" },
    };
    const degraded: ServiceState = {
      ...{ name: "degraded", sinceMs: nowMs },
      cause: { kind: "dependency", text: "redis, which it depends on, is not ready", service: "redis" },
    };
    const givenUp: ServiceState = { ...degraded, name: "givenUp", cause: { kind: "exited", text: "exited" } };
    const stopped: ServiceState = { ...base, name: "stopped", gone: false };
    const text = progressText(
      [
        service("a", [], failed),
        service("b", [], degraded),
        service("c", [], givenUp),
        service("d", [], stopped),
      ],
      nowMs,
    );
    expect(text).toBe(
      "0/4 ready · a failed: exited with code 3 · b degraded: redis, which it depends on, is not ready · c given up: exited · d stopped",
    );
  });

  test("of a service that was ready long ago and is to say so once more", () => {
    const state: ServiceState = { ...base, name: "ready", readyMs: 0, countedFromMs: 0 };
    const web = service("web", [passing("up")], state, { confirming: true });
    expect(progressText([ready, web], nowMs)).toBe("1/2 ready · web confirming");
    const failing = probe("up", { passing: true, failures: 1, attempts: 7, lastCause: refused });
    expect(progressText([{ ...web, record: { ...web.record, probes: [failing] } }], nowMs)).toBe(
      "0/1 ready · web confirming: up: connection refused by clickhouse:8123 (7 attempts)",
    );
  });

  test("of a job that runs", () => {
    const running: Cause = { code: "running", text: "migrations is still running", permanent: false };
    const migrations = service("migrations", [probe("completed", { lastCause: running })], starting, {
      job: true,
    });
    expect(progressText([migrations], nowMs)).toBe("0/1 ready · migrations running");
  });

  test("is one line of bounded length", () => {
    const long = probe("probe", {
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
