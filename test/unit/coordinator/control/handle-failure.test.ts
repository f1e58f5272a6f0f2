import { afterEach, beforeEach, expect, test } from "vitest";
import { cascade, handleFailure } from "../../../../lib/coordinator/cascade.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  // Declared in another order than the one of the start. Each service's probe is named by its start index.
  const reported = [
    ["frontend", 4, { backend: "revalidate", auth: "ignore" }],
    ["backend", 3, { auth: "restart", redis: "restart" }],
    ["auth", 2, { redis: "restart" }],
    ["redis", 1, {}],
    ["postgres", 0, {}],
  ] as const;
  for (const [name, startIndex, needs] of reported) {
    b.engine.add(name);
    b.apply(name, { budget: "60s", probes: { answers: probeOn(startIndex) } }, { startIndex, needs });
  }
  await b.clock.advance(0);
});
afterEach(() => b.close());

function handle(service: string, failure: "exited" | "unhealthy" = "exited") {
  const progress: string[] = [];
  const left = new AbortController();
  const response = handleFailure(
    b.services,
    b.clock,
    { service, failure },
    (text) => progress.push(text),
    left.signal,
  );
  response.catch(() => undefined);
  return { response, progress, leave: () => left.abort() };
}

test("what needs the failed service follows in the order of the start, by the policies of the edges", () => {
  expect(cascade(b.services, "redis")).toEqual([
    { service: "redis", action: "restart", because: "redis" },
    { service: "auth", action: "restart", because: "redis" },
    { service: "backend", action: "restart", because: "auth" },
    { service: "frontend", action: "revalidate", because: "backend" },
  ]);
  expect(cascade(b.services, "postgres")).toHaveLength(1);
  expect(cascade(b.services, "auth").map(({ service }) => service)).toEqual(["auth", "backend", "frontend"]);
});

test("each step begins when the one before is ready", async () => {
  b.scripts[1] = () => (b.clock.now() >= 1_010_000 ? passed : failed());
  const { response, progress } = handle("redis");
  await b.clock.advance(9000);
  expect(b.engine.calls).toEqual(["restart redis"]);
  await b.clock.advance(3000);
  expect(await response).toMatchObject({
    service: "redis",
    recovered: true,
    steps: [
      { service: "redis", action: "restart", result: "ready" },
      { service: "auth", action: "restart", result: "ready" },
      { service: "backend", action: "restart", result: "ready" },
      { service: "frontend", action: "revalidate", result: "ready" },
    ],
  });
  expect(b.engine.calls).toEqual(["restart redis", "restart auth", "restart backend"]);
  expect(progress).toEqual(["restarting redis", "restarting auth", "restarting backend", "proving frontend"]);
});

test("a step that fails ends the cascade, and says why", async () => {
  b.scripts[2] = () => failed("connection refused by auth:1");
  const { response } = handle("redis");
  await b.clock.advance(120_000);
  const { recovered, steps } = await response;
  expect(recovered).toBe(false);
  expect(steps.map(({ service, result }) => `${service} ${result}`)).toEqual([
    "redis ready",
    "auth failed",
    "backend not attempted",
    "frontend not attempted",
  ]);
  expect(steps[1]?.cause).toBe("auth is not ready after 60.0s of 60s: answers: connection refused by auth:1");
  expect(b.engine.calls).toEqual(["restart redis", "restart auth"]);
});

test("a service that is said to be unhealthy and passes its probes is left alone", async () => {
  const { response } = handle("redis", "unhealthy");
  await b.clock.advance(0);
  expect(await response).toEqual({ service: "redis", failure: "unhealthy", recovered: true, steps: [] });
  expect(b.engine.calls).toEqual([]);
});

test("while one of the services is being proven, the request is refused and nothing is touched", async () => {
  b.scripts[2] = () => failed();
  const first = handle("auth");
  await b.clock.advance(1000);
  const { response } = handle("redis");
  await expect(response).rejects.toMatchObject({
    code: "PHASEGATE_CONTROL_REFUSED",
    message: "auth is being proven: ask again when that has ended",
  });
  expect(b.engine.calls).toEqual(["restart auth"]);
  first.leave();
  await b.clock.advance(0);
  expect((await first.response).steps.map(({ result }) => result)).toEqual([
    "failed",
    "not attempted",
    "not attempted",
  ]);
});

test("by an up, a service is restarted once those that it needs are ready again", async () => {
  b.scripts[1] = () => (b.clock.now() >= 1_005_000 ? passed : failed());
  b.apply(
    "redis",
    { budget: "60s", probes: { answers: probeOn(1) } },
    { generation: "second", startIndex: 1 },
  );
  b.apply(
    "auth",
    { probes: { answers: probeOn(2) } },
    { generation: "second", again: true, restartAfter: ["redis"], startIndex: 2 },
  );
  await b.clock.advance(4000);
  expect(b.engine.calls).toEqual([]);
  expect(b.status("auth").state).toBe("pending");
  await b.clock.advance(2000);
  expect(b.engine.calls).toEqual(["restart auth"]);
  expect(b.status("auth").state).toBe("ready");
});
