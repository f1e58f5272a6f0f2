import { describe, expect, test } from "vitest";
import type { ServiceStatus } from "../../../lib/model/status.ts";
import type { LastGood } from "../../../lib/model/status.ts";
import { gateText } from "../../../lib/readiness/gate-text.ts";
import type { FailureFacts } from "../../../lib/readiness/service-failure.ts";
import { serviceFailure } from "../../../lib/readiness/service-failure.ts";
import { readinessSpec } from "../../support/desired.ts";
import { probeStatus, serviceStatus, startMs } from "../../support/statuses.ts";

const deadline: FailureFacts = { reason: "deadline", usedMs: 270_000, exit: undefined };
const exited = (code: number, patch: { outOfMemory?: boolean; startError?: string } = {}): FailureFacts => ({
  reason: "exited",
  usedMs: 3_200,
  exit: { code, outOfMemory: false, startError: "", ...patch },
});
const failure = (
  status: ServiceStatus,
  facts: FailureFacts,
  logs: readonly string[] = [],
  lastGood?: LastGood,
) =>
  serviceFailure(status, readinessSpec({ budget: "270s" }), facts, {
    ...{ logs, lastGood, stack: "dev", keptPasswords: [] },
  });

describe("the text of a gate that did not open", () => {
  test("on a deadline: service, probe, cause, time and budget first; then the probes, the last lines, what to try", () => {
    const clickhouse = serviceStatus("clickhouse", {
      state: "failed",
      probes: [
        probeStatus("connectivity", { attempts: 258, passing: true, firstPassMs: startMs + 2_340 }),
        probeStatus("systemTablesReady", {
          attempts: 269,
          lastCause: { code: "refused", text: "connection refused by clickhouse:8123", permanent: false },
        }),
      ],
    });
    expect(
      gateText(
        "infrastructure",
        [failure(clickhouse, deadline, ["starting", "cannot bind"])],
        [clickhouse, serviceStatus("redis", { state: "ready" })],
      ),
    ).toBe(
      `The gate of infrastructure did not open: clickhouse is not ready after 4m30s of 270s: systemTablesReady: connection refused by clickhouse:8123

  clickhouse (netra-dev-clickhouse), validated at level basic:
    probe              attempts  first pass  last answer
    connectivity       258       after 2.3s  passes
    systemTablesReady  269       never       connection refused by clickhouse:8123

  the last lines of netra-dev-clickhouse:
    | starting
    | cannot bind

  what to try:
    - Nothing listens on its port: check that it listens on the declared port, and on all addresses (0.0.0.0) instead of its own loopback.
    - If it needs longer than 270s to start, raise the timeout of the phase infrastructure in the declaration, or startupTimeoutMultiplier in this environment's config.
    - "npx phasegate validate clickhouse --stack dev" runs every probe once, now, and shows each result.
    - "docker logs netra-dev-clickhouse" shows its whole log.

Of the same phase, redis is ready. What runs is left for inspection; the same command continues from there.`,
    );
  });

  test("names the cause that waiting will not heal before others", () => {
    const postgres = serviceStatus("postgres", {
      probes: [
        probeStatus("pool", {
          lastCause: { code: "timeout", text: "no answer within 5s", permanent: false },
        }),
        probeStatus("query", {
          lastCause: {
            code: "authentication",
            text: "postgres:5432 does not accept the password of netra",
            permanent: true,
          },
        }),
      ],
    });
    const text = gateText("infrastructure", [failure(postgres, deadline)], [postgres]);
    expect(text.split("\n")[0]).toBe(
      "The gate of infrastructure did not open: postgres is not ready after 4m30s of 270s: query: postgres:5432 does not accept the password of netra",
    );
    expect(text).toContain(
      "query  1         never       postgres:5432 does not accept the password of netra (will not heal by waiting)",
    );
    expect(text).not.toContain("raise the timeout of the phase");
  });

  test("on an exit: the code, and how often it was started again", () => {
    const auth = serviceStatus("auth", { restarts: 3, probes: [probeStatus("up", { attempts: 0 })] });
    const text = gateText(
      "businessServices",
      [failure(auth, exited(1), ["Error: DATABASE_URL is not set"])],
      [auth],
    );
    expect(text).toBe(
      `The gate of businessServices did not open: auth exited with code 1, after 3.2s of 270s and 3 restarts

  auth (netra-dev-auth), validated at level basic:
    probe  attempts  first pass  last answer
    up     0         never

  the last lines of netra-dev-auth:
    | Error: DATABASE_URL is not set

  what to try:
    - Its last lines may say why it exited: correct its settings in the declaration or the config.
    - "npx phasegate validate auth --stack dev" runs every probe once, now, and shows each result.
    - "docker logs netra-dev-auth" shows its whole log.

What runs is left for inspection; the same command continues from there.`,
    );
  });

  test.each([
    [
      exited(137, { outOfMemory: true }),
      "was killed for lack of memory (exit code 137)",
      "raise the limit, or make it use less",
    ],
    [exited(127), "exited with code 127", "not found in the image"],
    [
      exited(0, { startError: "port is already allocated" }),
      "could not be started: port is already allocated",
      "End what holds it, or have the stack publish another: portBase",
    ],
    [
      exited(0, { startError: "no such file or directory" }),
      "could not be started: no such file or directory",
      "its image lacks the command, or the interpreter",
    ],
  ])("distinguishes ends: %o", (facts, words, advice) => {
    const web = serviceStatus("web", { restarts: 1 });
    const text = gateText("infrastructure", [failure(web, facts)], [web]);
    expect(text.split("\n")[0]).toBe(
      `The gate of infrastructure did not open: web ${words}, after 3.2s of 270s and 1 restart`,
    );
    expect(text).toContain(advice);
  });

  test("on a container that is gone, and on one that never started", () => {
    const web = serviceStatus("web");
    expect(
      gateText("p", [failure(web, { ...deadline, reason: "gone", usedMs: 400 })], [web]).split("\n")[0],
    ).toBe("The gate of p did not open: the container of web is gone, after 400ms of 270s");
    const never = serviceStatus("web", {
      startedMs: undefined,
      probes: [probeStatus("up", { attempts: 0 })],
    });
    expect(gateText("p", [failure(never, deadline)], [never]).split("\n")[0]).toBe(
      "The gate of p did not open: web is not ready after 4m30s of 270s: its container was never started",
    );
  });

  test("says what has changed since the service was last ready, or that nothing has", () => {
    const web = serviceStatus("web");
    const readyMs = Date.UTC(2026, 10, 24, 14, 3, 12, 345);
    const text = (changes: readonly string[]) =>
      gateText("p", [failure(web, exited(1), ["last line"], { readyMs, changes })], [web]);
    expect(text(["image: web:1 → web:2", "probe up was added"])).toContain(`
    | last line

  changed since it was last ready, 2026-11-24 14:03:12 UTC:
    - image: web:1 → web:2
    - probe up was added

  what to try:
`);
    expect(text([])).toContain(`
  nothing of its image, command, environment and readiness spec has changed since it was last ready, 2026-11-24 14:03:12 UTC.

  what to try:
`);
  });

  test("of several failures has a part for each", () => {
    const [web, data] = [serviceStatus("web"), serviceStatus("data")];
    const text = gateText("p", [failure(web, exited(1)), failure(data, deadline)], [web, data]);
    expect(text.split("\n")[0]).toBe(
      "The gate of p did not open: web exited with code 1, after 3.2s of 270s and 0 restarts (and data)",
    );
    expect(text).toContain("\n  data (netra-dev-data), validated at level basic:\n");
  });
});
