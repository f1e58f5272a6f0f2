import { expect, test } from "vitest";
import { alertFigures } from "../../../../lib/coordinator/control/alert-figures.ts";
import type { Alert } from "../../../../lib/model/alert.ts";
import { mostAlerts } from "../../../../lib/model/alert.ts";

function alert(number: number, patch: Partial<Alert> = {}): Alert {
  return {
    ...{ number, id: `alert ${number}`, kind: "incident", severity: "warning", service: "redis" },
    ...{ phase: undefined, cause: { kind: "exited", text: "it ended" }, reasons: [], times: 1 },
    ...{ beganMs: number * 1000, cameMs: number * 1000, quietSinceMs: undefined, resolvedMs: undefined },
    ...{ firedMs: number * 1000 + 300, services: {}, steps: [] },
    sent: { pager: { severity: "warning", atMs: number * 1000 + 300 } },
    deliveredMs: number * 1000 + 400,
    ...patch,
  };
}

const of = (open: readonly Alert[], past: readonly Alert[], graceMs: number | undefined = 30) =>
  alertFigures({
    graceMs: () => graceMs,
    alerts: () => ({ nowMs: 0, open, past, silences: [], sinks: [], problems: [] }),
  });

test("alerts about incidents count from when their fault was noticed to the first that a sink took, also where it was sent again", () => {
  const open = [
    alert(1),
    alert(2, { sent: { pager: { severity: "warning", atMs: 900_000 } } }),
    alert(3, { sent: {}, deliveredMs: undefined }),
    alert(4, { firedMs: undefined, sent: {} }),
    alert(5, { kind: "gate" }),
    alert(6, { deliveredMs: undefined }),
  ];
  expect(of(open, [])?.sent).toEqual({
    completeFromMs: 0,
    alerts: [
      { service: "redis", faultMs: 1000, sentMs: 1300, deliveredMs: 1400 },
      { service: "redis", faultMs: 2000, sentMs: 2300, deliveredMs: 2400 },
      { service: "redis", faultMs: 3000, sentMs: undefined, deliveredMs: undefined },
      { service: "redis", faultMs: 6000, sentMs: 6300, deliveredMs: undefined },
    ],
  });
});

test("where older ones have made room, the oldest that is there says from when on they are all kept", () => {
  const past = Array.from({ length: mostAlerts }, (_, i) => alert(mostAlerts - i + 7));
  expect(of([], past)?.sent.completeFromMs).toBe(8000);
  expect(of([], past.slice(1))?.sent.completeFromMs).toBe(0);
});

test("an alerter of each service has the grace that is declared", () => {
  const down = { service: "redis", from: "ready", to: "restarting" } as const;
  const ready = { service: "redis", from: "restarting", to: "ready" } as const;
  const rest = { generation: 1, cause: { kind: "exited", text: "" } };
  const count = (ms: number) =>
    of([], [])?.naiveAlerts(
      [
        { ...down, ...rest, seq: 1, atMs: 0 },
        { ...ready, ...rest, seq: 2, atMs: ms },
      ],
      100,
    );
  expect([count(29), count(30)]).toEqual([0, 1]);
});

test("nothing is known where nobody is alerted", () => {
  expect(
    alertFigures({
      graceMs: () => undefined,
      alerts: () => {
        throw new Error("nobody");
      },
    }),
  ).toBeUndefined();
});
