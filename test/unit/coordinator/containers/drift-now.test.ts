import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

test("the status says what somebody has changed on the engine, with the command that mends it", async () => {
  b.engine.add("web");
  b.apply("web");
  await b.clock.advance(1000);
  expect((await b.call("status", {})).drift).toEqual([]);
  b.engine.change("web", { paused: true });
  expect((await b.call("status", {})).drift).toEqual([
    { kind: "changed", service: "web", text: "web is paused", command: "docker unpause stack-web" },
  ]);
});
