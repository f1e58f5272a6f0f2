import { expect, test } from "vitest";
import { alertsText, silencedText, sinkTestsText } from "../../../lib/cli/alert-text.ts";
import { alert, alertsAnswer } from "../../support/alerts.ts";
import { startMs } from "../../support/statuses.ts";

const of = "shop (dev)";

test("what is open stands last, with what it took along, what was done, and who is to have it", () => {
  const text = alertsText(
    of,
    alertsAnswer({
      open: [alert()],
      past: [
        alert({
          ...{ number: 2, service: "mailer", severity: "critical", services: { mailer: "ready" }, steps: [] },
          ...{ quietSinceMs: startMs + 60_000, resolvedMs: startMs + 180_000, times: 4, sent: {} },
        }),
      ],
      silences: [{ service: "postgres", sinceMs: startMs, untilMs: startMs + 330_000, why: "an upgrade" }],
      sinks: [
        {
          ...{ sink: "alertmanager", kind: "alertmanager", waiting: 2, dropped: undefined },
          failing: { sinceMs: startMs, why: "connection refused" },
        },
        { sink: "tickets", kind: "webhook", waiting: 0, dropped: undefined, failing: undefined },
      ],
      problems: [
        "The sink alertmanager has taken no alerts since then: connection refused; 2 messages wait.",
      ],
    }),
    "dev",
  );
  expect(text.split("\n")).toEqual([
    "shop (dev)",
    "",
    "alert 2, critical, 1970-01-01 00:16:40 UTC: mailer was given up: exited with code 137",
    "  resolved: it lasted 60.0s",
    "  it has come 4 times",
    "  for no sink",
    "",
    "alert 3, warning, silenced, 1970-01-01 00:16:40 UTC: postgres failed: exited with code 137; 2 services with it",
    "  firing since 4m0s",
    "  took along auth, backend",
    "  done: restart of postgres: failed after 4.0s; restart of postgres: under way",
    "  for alertmanager",
    "",
    'postgres is silenced until 1970-01-01 00:22:10 UTC ("an upgrade"), 60.0s more: its alerts are shown, and not sent.',
    '"npx phasegate silence postgres --end --stack dev" ends that.',
    "",
    "sink alertmanager  alertmanager  failing  2 waiting",
    "sink tickets       webhook",
    "",
    "The sink alertmanager has taken no alerts since then: connection refused; 2 messages wait.",
  ]);
});

test("where there is nothing, that is said, and that nobody is sent anything", () => {
  expect(alertsText(of, alertsAnswer(), "dev")).toBe(
    [
      "shop (dev)",
      "",
      "No alert is open, and none is known that was.",
      "",
      "No sink is declared: alerts are shown here and sent nowhere.",
    ].join("\n"),
  );
});

test("an alert that is not sent yet, or whose cause is gone, says so", () => {
  const lines = (patch: Parameters<typeof alert>[0]) =>
    alertsText(of, alertsAnswer({ open: [alert({ sent: {}, steps: [], ...patch })] }), "dev").split("\n");
  expect(lines({ firedMs: undefined })).toContain("  pending: it is sent if it lasts");
  const sent = { pager: { severity: "warning", atMs: startMs } } as const;
  expect(lines({ sent })).toContain("  for pager");
  expect(lines({ sent, deliveredMs: undefined })).toContain("  for pager, taken by none of them yet");
  expect(lines({ quietSinceMs: startMs + 210_000 })).toContain(
    "  its cause is gone since 60.0s, and it is resolved if that stays so",
  );
});

test("what sinks answer to a test is said, one a line", () => {
  expect(
    sinkTestsText(of, [
      { sink: "alertmanager", kind: "alertmanager", taken: true, answer: "200 OK", tookMs: 12 },
      { sink: "chat", kind: "slack", taken: false, answer: "404 Not Found: no_team", tookMs: 130 },
    ]),
  ).toBe(
    [
      "shop (dev)",
      "✓ alertmanager  alertmanager  200 OK, after 12ms",
      "✗ chat          slack         404 Not Found: no_team, after 130ms",
    ].join("\n"),
  );
  expect(sinkTestsText(of, [])).toBe("shop (dev): no sink is declared.");
  const silence = { service: "redis", sinceMs: startMs, untilMs: startMs + 1000, why: "x" };
  expect(silencedText(silence, startMs + 2000, "dev")).toContain("0ms more");
});
