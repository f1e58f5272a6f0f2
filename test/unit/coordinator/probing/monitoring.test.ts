import { expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";
import { seededRandom } from "../../../support/seeded-random.ts";

/** A service that is ready since the beginning. */
async function readyService(b: Bench = bench()): Promise<Bench> {
  b.engine.add("web");
  b.apply("web");
  await b.clock.advance(0);
  expect(b.status("web").state).toBe("ready");
  return b;
}

const since = (b: Bench, ms: number) => (b.attempts[1] ?? []).filter((atMs) => atMs >= ms);

test("a ready service is probed at its interval, which chance shortens by a tenth at most", async () => {
  const b = await readyService(bench({ random: seededRandom(3) }));
  await b.clock.advance(3_600_000);
  const at = since(b, 1);
  expect(at[0]).toBeLessThan(15_000);
  const waits = at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(13_500);
    expect(wait).toBeLessThanOrEqual(15_000);
  }
  expect(new Set(waits).size).toBeGreaterThan(100);
  b.close();
});

test("a failure is decided within three attempts that are a second apart, and then is looked at no oftener than before", async () => {
  const b = await readyService();
  b.apply("web", {}, { supervision: { intensity: { restarts: 0, within: "10m" } } });
  b.scripts[1] = () => failed();
  await b.clock.advance(60_000);
  expect(since(b, 1)).toEqual([7500, 8500, 9500, 23_750, 38_000, 52_250]);
  expect(b.changes.at(-1)).toBe(
    "web ready → givenUp: first: connection refused; 0 restarts within 10m did not help",
  );
  b.close();
});

test("an unknown outcome never counts, and is asked for again after a second", async () => {
  const b = await readyService();
  b.scripts[1] = () => unknown;
  await b.clock.advance(600_000);
  expect(b.status("web").state).toBe("ready");
  expect(since(b, 1).slice(0, 4)).toEqual([7500, 8500, 9500, 10_500]);
  b.close();
});

test("two failures that a pass follows are forgotten", async () => {
  const b = await readyService();
  b.scripts[1] = (n) => ([2, 3, 5, 6].includes(n) ? failed() : passed);
  await b.clock.advance(600_000);
  expect(b.changes.at(-1)).toContain("→ ready");
  expect(b.engine.calls).toEqual([]);
  b.close();
});

test("another interval is taken over at once", async () => {
  const b = bench();
  b.engine.add("web");
  b.apply("web", {}, { supervision: { interval: "1h" } });
  await b.clock.advance(60_000);
  expect(since(b, 1)).toEqual([]);
  b.apply("web", {}, { supervision: { interval: "10s" } });
  await b.clock.advance(30_000);
  expect(since(b, 1)).toEqual([60_000, 69_500, 79_000, 88_500]);
  b.close();
});

test("only the probes of one's own level are made", async () => {
  const b = bench();
  b.engine.add("web");
  b.apply("web", { probes: { first: probeOn(1), deeper: probeOn(2, { level: "comprehensive" }) } });
  await b.clock.advance(600_000);
  expect(b.attempts[1]?.length).toBeGreaterThan(10);
  expect(b.attempts[2]).toBeUndefined();
  b.close();
});
