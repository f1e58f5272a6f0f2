import { expect, test } from "vitest";
import { stepsBefore } from "../../../lib/supervision/command-order.ts";
import type { Records } from "../../../lib/supervision/service-record.ts";
import { newRecord } from "../../../lib/supervision/service-record.ts";
import { desiredService } from "../../support/desired.ts";

const records: Records = new Map(
  (
    [
      ["postgres", "infrastructure", [], []],
      ["redis", "infrastructure", [], []],
      ["migrate", "infrastructure", [], ["postgres"]],
      ["auth", "business", ["infrastructure"], ["redis"]],
      ["web", "front", ["business"], ["auth"]],
      ["mail", "aside", [], []],
    ] as const
  ).map(([name, phase, after, needs]) => [
    name,
    newRecord(
      desiredService(name, {
        phase,
        after,
        needs: Object.fromEntries(needs.map((needed) => [needed, "restart"])),
      }),
      1,
      {},
      0,
    ),
  ]),
);

test("what a service needs and the phases before it come first, at any distance", () => {
  expect(Object.fromEntries(stepsBefore(records, [...records.keys()], "start"))).toEqual({
    ...{ postgres: [], redis: [], mail: [] },
    migrate: ["postgres"],
    auth: ["postgres", "redis", "migrate"],
    web: ["postgres", "redis", "migrate", "auth"],
  });
  // Also where what lies between is not among them.
  expect(stepsBefore(records, ["web", "postgres", "mail"], "start").get("web")).toEqual(["postgres"]);
});

test("stops go the other way", () => {
  expect(Object.fromEntries(stepsBefore(records, ["postgres", "migrate", "web"], "stop"))).toEqual({
    postgres: ["migrate", "web"],
    migrate: ["web"],
    web: [],
  });
});
