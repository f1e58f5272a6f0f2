import { describe, expect, test } from "vitest";
import type { Probe } from "../../../lib/model/probe.ts";
import type { ProbeRecord } from "../../../lib/readiness/probe-record.ts";
import { newRecord, probeStatus, recordOutcome, settleCauses } from "../../../lib/readiness/probe-record.ts";
import { failed, passed } from "../../support/outcomes.ts";

const once = { successThreshold: 1, failureThreshold: 1 };
const notFound = {
  status: "failed",
  tookMs: 1,
  cause: { code: "status", text: "404", permanent: false, permanentOncePassing: true },
} as const;

const stranger = (kind: Probe["kind"] = "http") =>
  recordOutcome(newRecord("missing", kind), notFound, once, 1);
const passes = (kind: Probe["kind"]): ProbeRecord => recordOutcome(newRecord("other", kind), passed, once, 1);
const isPermanent = (...records: ProbeRecord[]) => settleCauses(records)[0]?.lastCause?.permanent;

describe("a 404", () => {
  test("may heal while the service answers nothing well", () => {
    expect(isPermanent(stranger())).toBe(false);
    expect(isPermanent(stranger(), recordOutcome(newRecord("other", "http"), failed(), once, 1))).toBe(false);
  });

  test("will not heal once another path is answered well", () => {
    expect(isPermanent(stranger(), passes("http"))).toBe(true);
    expect(isPermanent(stranger("websocket"), passes("http"))).toBe(true);
  });

  test("does not follow from a probe that looks for something else", () => {
    expect(isPermanent(stranger(), passes("tcp"))).toBe(false);
    expect(isPermanent(stranger(), passes("log-line"))).toBe(false);
  });

  test("reaches clients as a cause like any other", () => {
    const [settled] = settleCauses([stranger(), passes("http")]);
    expect(settled && probeStatus(settled).lastCause).toEqual({
      code: "status",
      text: "404",
      permanent: true,
    });
  });
});

test("another cause stays what it was", () => {
  const refused = recordOutcome(newRecord("first", "http"), failed(), once, 1);
  expect(settleCauses([refused, passes("http")])[0]).toBe(refused);
});
