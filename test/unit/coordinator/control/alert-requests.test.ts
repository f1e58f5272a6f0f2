import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  for (const name of ["redis", "auth"]) b.engine.add(name);
  b.apply("redis");
  b.apply("auth", {}, { startIndex: 1, needs: { redis: "restart" } });
  await b.clock.advance(20_000);
});
afterEach(() => b.close());

test("a service that fails has one alert, which is shown though no sink is declared", async () => {
  b.engine.crash("redis", 137);
  await b.clock.advance(300);
  expect(await b.call("alerts", { last: 10 })).toMatchObject({
    open: [{ number: 1, kind: "incident", service: "redis", firedMs: undefined, severity: "warning" }],
    ...{ past: [], silences: [], sinks: [], problems: [] },
  });
  await b.clock.advance(3_600_000);
  expect(await b.call("alerts", { last: 10 })).toMatchObject({ open: [], past: [] });
});

test("is critical once a service is given up, and names it still after a restart of the coordinator", async () => {
  b.engine.onStart = (container) => void b.engine.crash(container, 1);
  b.engine.crash("redis", 137);
  await b.clock.advance(600_000);
  expect(b.status("redis").state).toBe("givenUp");
  const { open } = await b.call("alerts", { last: 10 });
  expect(open).toMatchObject([
    { service: "redis", severity: "critical", services: { redis: "givenUp", auth: "degraded" } },
  ]);
  expect(open[0]?.firedMs).toBeDefined();
});

test("a service is silenced for a while, and one that is not known is not", async () => {
  const nowMs = b.clock.now();
  const silence = { service: "redis", sinceMs: nowMs, untilMs: nowMs + 60_000, why: "an upgrade" };
  expect(await b.call("silence", { service: "redis", forMs: 60_000, why: "an upgrade" })).toEqual(silence);
  expect((await b.call("alerts", { last: 0 })).silences).toEqual([silence]);
  await expect(b.call("silence", { service: "rediss", forMs: 60_000, why: "x" })).rejects.toMatchObject({
    code: "PHASEGATE_SERVICE_UNKNOWN",
  });
  expect(await b.call("endSilence", { service: "redis" })).toEqual({ silence });
  expect(await b.call("endSilence", { service: "redis" })).toEqual({ silence: undefined });
});

test("a test of no sink says that there is none", async () => {
  expect(await b.call("testAlert", {})).toEqual({ tests: [] });
  await expect(b.call("testAlert", { sink: "slack" })).rejects.toMatchObject({
    code: "PHASEGATE_SINK_UNKNOWN",
    message:
      "the stack has no sink slack. Its declaration has none: `alerting: { sinks: [...] }` says where alerts go.",
  });
});
