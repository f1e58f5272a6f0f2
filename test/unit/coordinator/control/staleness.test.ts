import { afterEach, beforeEach, expect, test } from "vitest";
import type { StaleReason } from "../../../../lib/model/control-answers.ts";
import type { Wanted } from "../../../../lib/supervision/service-record.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { failed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

const other: Wanted = { generation: "first", verification: 1, specHash: "0123" };

async function staleReasonOf(wanted: Wanted, service = "web"): Promise<StaleReason | undefined> {
  const answer = b.call("staleness", { services: { [service]: wanted } });
  await b.clock.advance(0);
  return (await answer).reason;
}

test("names, in words, whatever is not as it was applied", async () => {
  b.engine.add("web");
  const wanted = b.apply("web");
  expect(await staleReasonOf(wanted, "redis")).toEqual({
    kind: "unknown",
    text: "the coordinator does not know redis",
  });
  for (const unknown of [other, { ...wanted, generation: "second" }, { ...wanted, verification: 2 }])
    expect(await staleReasonOf(unknown)).toEqual({
      kind: "unknown",
      text: "the coordinator knows another generation or readiness spec of web",
    });
  await b.clock.advance(0);
  expect(await staleReasonOf(wanted)).toBeUndefined();
  b.engine.silence = new Error("no answer");
  expect(await staleReasonOf(wanted)).toEqual({
    kind: "unknown",
    text: "the container engine does not answer about web",
  });
});

test("a service that runs again without any event is found, and is not ready before it is proven", async () => {
  b.engine.add("web");
  const wanted = b.apply("web");
  await b.clock.advance(1000);
  b.scripts[1] = () => failed();
  b.engine.change("web", { startedMs: b.clock.now() });
  expect(await staleReasonOf(wanted)).toEqual({
    kind: "unproven",
    text: "web is starting: it was started by other means than the coordinator",
  });
});

test("what the coordinator is healing is not stale as what has ended is: nobody needs to start it", async () => {
  b.engine.add("web");
  const wanted = b.apply("web");
  await b.clock.advance(1000);
  b.engine.crash("web", 137);
  expect(await staleReasonOf(wanted)).toEqual({
    kind: "unproven",
    text: "web is restarting: exited with code 137",
  });
  await b.clock.advance(1000);
  expect(await staleReasonOf(wanted)).toBeUndefined();
});

test("what somebody has stopped has ended, and what he has removed is gone", async () => {
  b.engine.add("web");
  const wanted = b.apply("web");
  await b.clock.advance(1000);
  b.engine.byHand.stop("web");
  expect(await staleReasonOf(wanted)).toEqual({
    kind: "ended",
    text: "web has ended: somebody stopped it through the container engine",
  });
  b.engine.remove("web");
  expect(await staleReasonOf(wanted)).toEqual({ kind: "gone", text: "the container of web is gone" });
});

test("a job stands when it has ended", async () => {
  b.engine.add("migrate", { running: false });
  const wanted = b.apply("migrate", {
    job: true,
    probes: {
      completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false },
    },
  });
  await b.clock.advance(0);
  expect(await staleReasonOf(wanted, "migrate")).toBeUndefined();
});

test("a service that is still starting does not stand", async () => {
  b.engine.add("web");
  b.scripts[1] = () => failed();
  const wanted = b.apply("web");
  await b.clock.advance(0);
  expect(await staleReasonOf(wanted)).toEqual({
    kind: "unproven",
    text: "web is starting: its container was started",
  });
});

test("a coordinator that knows nobody says that it has forgotten, one that knows others that it does not know this one", async () => {
  expect(await staleReasonOf(other)).toEqual({
    kind: "forgotten",
    text: "the coordinator knows no service: what it had kept on its volume is gone",
  });
  b.apply("db");
  expect(await staleReasonOf(other)).toEqual({
    kind: "unknown",
    text: "the coordinator does not know web",
  });
});
