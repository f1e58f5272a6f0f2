import { expect, test } from "vitest";
import type { AttemptReport } from "../../../../lib/model/control-answers.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

test("asks each probe of the level once, all at the same time, and reports each as it ends", async () => {
  const b = bench();
  b.engine.add("web");
  b.apply("web", { probes: { a: probeOn(1), b: probeOn(2), c: probeOn(3, { level: "comprehensive" }) } });
  await b.clock.advance(0);
  b.scripts[1] = async () => (await b.clock.sleep(100), passed);
  b.scripts[2] = () => failed("the answer was 503", "status");
  b.scripts[3] = () => unknown;
  const reports: AttemptReport[] = [];
  const run = (level?: "comprehensive") =>
    b.call("validate", { service: "web", ...(level && { level }) }, (report) => reports.push(report));
  const result = run("comprehensive");
  await b.clock.advance(100);
  expect(await result).toMatchObject({
    service: "web",
    level: "comprehensive",
    passed: false,
    attempts: [{ probe: "a", status: "passed" }, { probe: "b" }, { probe: "c" }],
  });
  expect(reports.map(({ probe, status, cause }) => [probe, status, cause])).toEqual([
    ["b", "failed", "the answer was 503"],
    ["c", "unknown", "the prober could not run"],
    ["a", "passed", undefined],
  ]);
  b.scripts[2] = () => passed;
  const own = run();
  await b.clock.advance(100);
  expect(await own).toMatchObject({ level: "basic", passed: true });
  b.close();
});
