import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  // Declared in another order than the one of the start. Each service's probe is named by its start index.
  const declared = [
    ["frontend", 4, { backend: "revalidate", auth: "ignore" }],
    ["backend", 3, { auth: "restart", redis: "restart" }],
    ["auth", 2, { redis: "restart" }],
    ["redis", 1, {}],
    ["postgres", 0, {}],
  ] as const;
  for (const [name, startIndex, needs] of declared) {
    b.engine.add(name);
    b.apply(name, { budget: "60s", probes: { answers: probeOn(startIndex) } }, { startIndex, needs });
  }
  await b.clock.advance(1000);
});
afterEach(() => b.close());

const began = 1_001_000;

function handle(service: string, failure: "exited" | "unhealthy" = "exited") {
  const progress: string[] = [];
  const left = new AbortController();
  const response = b.call(
    "handleFailure",
    { service, failure },
    ({ text }) => progress.push(text),
    left.signal,
  );
  response.catch(() => undefined);
  return { response, progress, leave: () => left.abort() };
}

test("what needs the failed service follows in the order of the start, by the policies of the edges, each when the one before is ready", async () => {
  b.scripts[1] = () => (b.clock.now() >= began + 9500 ? passed : failed());
  b.scripts[4] = async () => (await b.clock.sleep(1000), passed);
  const { response, progress } = handle("redis");
  await b.clock.advance(9000);
  expect(b.engine.calls).toEqual(["stop redis", "start redis"]);
  await b.clock.advance(3000);
  expect(await response).toMatchObject({
    service: "redis",
    recovered: true,
    steps: [
      { service: "redis", action: "restart", because: "redis", result: "ready", tookMs: 9500 },
      { service: "auth", action: "restart", because: "redis", result: "ready" },
      { service: "backend", action: "restart", because: "auth", result: "ready" },
      { service: "frontend", action: "revalidate", because: "backend", result: "ready" },
    ],
  });
  expect(b.engine.calls).toEqual([
    ...["stop redis", "start redis"],
    ...["stop auth", "start auth"],
    ...["stop backend", "start backend"],
  ]);
  expect(progress.filter((text) => text.startsWith("restarting"))).toEqual([
    "restarting redis",
    "restarting auth",
    "restarting backend",
  ]);
  expect(progress.at(-1)).toBe("waiting for frontend");
});

test("nobody follows where nobody needs it", async () => {
  const { response } = handle("postgres");
  await b.clock.advance(1000);
  expect((await response).steps.map(({ service }) => service)).toEqual(["postgres"]);
});

test("a step that fails is tried as often as its intensity allows, and what waits for it is not begun", async () => {
  b.scripts[2] = () => failed("connection refused by auth:1");
  const { response } = handle("redis");
  await b.clock.advance(600_000);
  const { recovered, steps } = await response;
  expect(recovered).toBe(false);
  expect(steps.map(({ service, action, result }) => `${service} ${action} ${result}`)).toEqual([
    "redis restart ready",
    "auth restart failed",
    "backend restart not attempted",
    "frontend revalidate not attempted",
  ]);
  expect(steps[1]?.cause).toBe(
    "auth is not ready within 60s: answers: connection refused by auth:1; 5 restarts within 10m did not help",
  );
  expect(steps[2]?.cause).toBe("auth, which it depends on, is given up");
  expect(b.engine.calls.filter((call) => call.startsWith("start"))).toEqual([
    "start redis",
    ...Array.from({ length: 6 }, () => "start auth"),
  ]);
});

test("a service that is said to be unhealthy and passes its probes is left alone", async () => {
  const { response } = handle("redis", "unhealthy");
  await b.clock.advance(0);
  expect(await response).toEqual({ service: "redis", failure: "unhealthy", recovered: true, steps: [] });
  expect(b.engine.calls).toEqual([]);
});

test("a failure that is reported while another is being handled joins it, and both are answered", async () => {
  let healed = false;
  b.scripts[2] = () => (healed ? passed : failed());
  const first = handle("auth");
  await b.clock.advance(1000);
  const second = handle("redis");
  await b.clock.advance(1000);
  healed = true;
  await b.clock.advance(10_000);
  for (const { response } of [first, second]) expect(await response).toMatchObject({ recovered: true });
  expect(b.engine.calls.filter((call) => call.startsWith("start"))).toEqual([
    ...["start auth", "start redis", "start auth", "start backend"],
  ]);
});

test("who reports a failure and leaves is not waited for, and what was begun goes on", async () => {
  b.scripts[2] = () => failed();
  const { response, leave } = handle("auth");
  await b.clock.advance(1000);
  leave();
  await b.clock.advance(0);
  expect((await response).steps[0]).toMatchObject({ service: "auth", result: "not attempted" });
  b.scripts[2] = () => passed;
  await b.clock.advance(10_000);
  expect(b.services().map((service) => b.status(service).state)).toEqual(Array(5).fill("ready"));
});
