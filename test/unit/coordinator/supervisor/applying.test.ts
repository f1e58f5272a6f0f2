import { afterEach, beforeEach, expect, test } from "vitest";
import { staleness } from "../../../../lib/coordinator/staleness.ts";
import { cascade } from "../../../../lib/coordinator/cascade.ts";
import { type Bench, bench } from "../../../support/coordinator-bench.ts";
import { readinessSpec } from "../../../support/desired.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
  for (const name of ["db", "web", "old"]) b.engine.add(name);
});
afterEach(() => b.close());

const names = () => b.services.statuses().map(({ service }) => service);

test("services that left the declaration are forgotten, of whatever phase, and nobody proves them any more", async () => {
  b.apply("web");
  b.apply("old");
  await b.clock.advance(1000);
  expect(b.services.forget(["old", "never-known"])).toEqual(["old"]);
  expect(names()).toEqual(["web"]);
  expect(() => b.services.entry("old")).toThrow(
    expect.objectContaining({ code: "PHASEGATE_SERVICE_UNKNOWN" }),
  );
});

test("a policy that changes is taken over, and the service is not proven again for it", async () => {
  b.apply("db");
  const before = b.apply("web", {}, { needs: { db: "restart" } });
  await b.clock.advance(1000);
  const attempts = b.attempts[1]?.length;
  expect(cascade(b.services, "db").map(({ action }) => action)).toEqual(["restart", "restart"]);
  expect(b.apply("web", {}, { needs: { db: "revalidate" } })).toBe(before);
  await b.clock.advance(1000);
  expect(b.attempts[1]).toHaveLength(attempts ?? NaN);
  expect(cascade(b.services, "db").map(({ action }) => action)).toEqual(["restart", "revalidate"]);
});

test("another verification of the same run proves it again, as it runs", async () => {
  const of = { service: "web", phase: "infrastructure", container: "web", generation: "first", again: true };
  const params = { ...of, needs: {}, startIndex: 0, spec: readinessSpec(), secrets: {} };
  const first = b.services.expect(params);
  await b.clock.advance(1000);
  const attempts = b.attempts[1]?.length ?? NaN;
  expect(b.services.expect({ ...params, verification: 1 }), "the first needs no number").toBe(first);
  expect(b.services.expect({ ...params, verification: 2 })).not.toBe(first);
  await b.clock.advance(1000);
  expect(b.attempts[1]?.length).toBeGreaterThan(attempts);
  expect(b.engine.calls).toEqual([]);
});

test("a coordinator that knows nobody says that it has forgotten, one that knows others that it does not know this one", async () => {
  const requested = { services: { web: "0123" } };
  expect((await staleness(b.services, requested)).reason).toEqual({
    kind: "forgotten",
    text: "the coordinator was started again, and has forgotten what it had proven",
  });
  b.apply("db");
  expect((await staleness(b.services, requested)).reason).toEqual({
    kind: "unknown",
    text: "the coordinator does not know web",
  });
});
