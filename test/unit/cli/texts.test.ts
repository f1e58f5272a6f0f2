import { describe, expect, test } from "vitest";
import { historyText } from "../../../lib/cli/history.ts";
import { reportText } from "../../../lib/cli/report.ts";
import type { FailureReport } from "../../../lib/model/history.ts";
import { gateMarkdown } from "../../../lib/readiness/gate-markdown.ts";
import { gateText } from "../../../lib/readiness/gate-text.ts";
import { serviceFailure } from "../../../lib/readiness/service-failure.ts";
import { readinessSpec } from "../../support/desired.ts";
import { startRecord } from "../../support/records.ts";
import { probeStatus, serviceStatus } from "../../support/statuses.ts";

const netra = { declaration: "netra", stack: "dev" };
const noonMs = Date.UTC(2026, 10, 24, 12, 0, 0);

const auth = serviceStatus("auth", {
  state: "failed",
  phase: "businessServices",
  restarts: 3,
  probes: [
    probeStatus("databasePoolReady", { attempts: 9, passing: true, firstPassMs: 1_000_800 }),
    probeStatus("jwtValidationReady", {
      attempts: 12,
      lastCause: { code: "body", text: "ready is false, expected true: `a|b` @everyone", permanent: false },
    }),
  ],
});
const failure = serviceFailure(
  auth,
  readinessSpec({ budget: "270s" }),
  { reason: "exited", usedMs: 42_000, exit: { code: 137, outOfMemory: true, startError: "" } },
  {
    logs: ["out of ```memory```"],
    stack: "dev",
    keptPasswords: [],
    lastGood: { readyMs: noonMs - 86_400_000, changes: ["image: auth:1 → auth:2"] },
  },
);
const report: FailureReport = {
  phase: "businessServices",
  atMs: noonMs,
  opened: false,
  openedMs: undefined,
  services: [
    { service: "auth", state: "failed" },
    { service: "mail", state: "ready" },
  ],
  failures: [failure],
};

describe("a report", () => {
  test("as text is what up has said, under a line that says when", () => {
    const text = reportText(netra, report);
    expect(text).toBe(
      `netra (dev), 2026-11-24 12:00:00 UTC, not opened since\n\n${gateText("businessServices", [failure], report.services)}`,
    );
    expect(text).toContain(
      "auth was killed for lack of memory (exit code 137), after 42.0s of 270s and 3 restarts",
    );
    expect(text).toContain(
      "changed since it was last ready, 2026-11-23 12:00:00 UTC:\n    - image: auth:1 → auth:2",
    );
    expect(reportText(netra, { ...report, openedMs: noonMs + 60_000 }).split("\n")[0]).toBe(
      "netra (dev), 2026-11-24 12:00:00 UTC, last opened 2026-11-24 12:01:00 UTC",
    );
  });

  test("as Markdown is the same, and what containers have said stays in code", () => {
    expect(gateMarkdown(netra, report)).toBe(`### netra (dev): the gate of businessServices did not open

2026-11-24 12:00:00 UTC. It has not opened since.

#### auth

\`auth was killed for lack of memory (exit code 137), after 42.0s of 270s and 3 restarts\`

- container \`netra-dev-auth\`, validated at level basic, 3 restarts
- its container \`was killed for lack of memory (exit code 137)\`, out of memory

| probe | attempts | first pass | last answer |
| --- | --- | --- | --- |
| \`databasePoolReady\` | 9 | after 800ms | \`passes\` |
| \`jwtValidationReady\` | 12 | never | \`\` ready is false, expected true: \`a\\|b\` @everyone \`\` |

Changed since it was last ready, 2026-11-23 12:00:00 UTC:

- \`image: auth:1 → auth:2\`

Its last lines:

\`\`\`\`text
out of \`\`\`memory\`\`\`
\`\`\`\`

What to try:

- It was killed because it used more memory than its limit: raise the limit, or make it use less.
- "npx phasegate validate auth --stack dev" runs every probe once, now, and shows each result.
- "docker logs netra-dev-auth" shows its whole log.

Of the same phase: mail is ready.`);
  });

  test("as Markdown says that nothing has changed, and leaves out what is not known", () => {
    const { exit: _, ...rest } = failure;
    const bare = { ...rest, exit: undefined, logs: [] };
    const text = (lastGood: typeof failure.lastGood) =>
      gateMarkdown(netra, { ...report, services: [], failures: [{ ...bare, lastGood }] });
    expect(text({ readyMs: noonMs, changes: [] })).toContain(
      "\n\nNothing of its image, command, environment and readiness spec has changed since it was last ready, 2026-11-24 12:00:00 UTC.\n\n",
    );
    for (const left of ["Its last lines", "its container", "since it was last ready", "Of the same phase"])
      expect(text(undefined)).not.toContain(left);
  });
});

describe("the history", () => {
  test("is a line a start, the newest last", () => {
    const times = { healthyMs: 1_001_000, hasHealthcheck: true };
    const ready = startRecord("redis", 2400, { beganMs: noonMs });
    const starts = [
      startRecord("redis", 0, {
        beganMs: noonMs + 90_000,
        outcome: "broken-off",
        status: serviceStatus("redis"),
      }),
      startRecord("redis", 0, {
        beganMs: noonMs + 60_000,
        outcome: "failed",
        status: serviceStatus("redis", { state: "failed", restarts: 3 }),
        failure: { reason: "exited", usedMs: 1, headline: "redis exited with code 1" },
      }),
      startRecord("auth", 0, {
        beganMs: noonMs + 30_000,
        status: { ...ready.status, service: "auth", state: "stopped", provenAgain: true },
        exits: [{ atMs: noonMs, code: 137, outOfMemory: false, startError: "" }],
      }),
      startRecord("migrate", 0, {
        beganMs: noonMs + 15_000,
        status: { ...ready.status, service: "migrate", state: "stopped" },
        // It ended with 1 before it was ready, and was run again.
        exits: [{ atMs: (ready.status.readyMs ?? 0) - 1, code: 1, outOfMemory: false, startError: "" }],
      }),
      { ...ready, status: { ...ready.status, ...times } },
    ];
    expect(historyText("netra (dev)", starts, false)).toBe(
      `netra (dev)
when                     service  engine-healthy  ready after    gap   restarts  outcome
2026-11-24 12:00:00 UTC  redis    1.0s            2.4s           1.4s  0         ready
2026-11-24 12:00:15 UTC  migrate  none            2.4s                 0         ready; later it was replaced, removed or started again
2026-11-24 12:00:30 UTC  auth     none            again in 2.4s        0         ready; later it exited with code 137
2026-11-24 12:01:00 UTC  redis    none                                 3         redis exited with code 1
2026-11-24 12:01:30 UTC  redis    none                                 0         broken off: replaced, or the coordinator ended`,
    );
  });

  test("says when there is nothing, and when there is more than fits", () => {
    expect(historyText("netra (dev)", [], false)).toBe("netra (dev): no start has been recorded.");
    expect(historyText("netra (dev)", [startRecord("redis", 1)], true).split("\n")[1]).toBe(
      "Older starts were left out: the answer would have been too long. Ask for one --service.",
    );
  });
});
