import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ControlClient } from "../../lib/control/client.ts";
import { connectCoordinator } from "../../lib/control/client.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import { get } from "../../lib/model/probes.ts";
import { resolveProbe } from "../../lib/model/resolve-probe.ts";
import { application, wanted } from "../support/applied.ts";
import { readinessSpec } from "../support/desired.ts";
import type { CoordinatorContainer } from "../support/coordinator-container.ts";
import { startCoordinator } from "../support/coordinator-container.ts";

const secret = "hunter2-hunter2";
let stack: CoordinatorContainer;
let client: ControlClient;

beforeAll(async () => {
  stack = await startCoordinator();
  client = await connectCoordinator(stack.engine, stack.name);
});
afterAll(async () => {
  client?.close();
  await stack?.[Symbol.asyncDispose]();
});

const answersAfter = (ms: number) => `
  const server = require("node:http").createServer((_, response) => response.end('{"token":"${secret}"}'));
  setTimeout(() => server.listen(8080), ${ms});
`;

async function prove(service: string, container: string, patch: Partial<ReadinessSpec> = {}) {
  const readiness = readinessSpec({
    endpoint: { protocol: "http", host: service, port: 8080 },
    probes: { answers: resolveProbe(get("/", { level: "basic" })) },
    ...patch,
  });
  const applied = application(service, container, readiness, { secrets: { password: secret } });
  await client.call("apply", applied);
  return client.call("awaitGate", { phase: "test", services: wanted(applied) });
}

test("a read-only coordinator without capabilities can write its history", async () => {
  expect(await client.call("status", {})).toMatchObject({ services: [] });
  expect((await client.call("status", {})).problems).toEqual([]);
  expect(await client.call("history", { last: 10 })).toEqual({ starts: [], cut: false });
  expect(await client.call("report", { last: 1 })).toEqual({ reports: [], cut: false });
});

test("a start, a failure with what has changed, and the gate's verdicts are kept; no secret is", async () => {
  const container = await stack.startProgram("web", answersAfter(1000));
  expect(await prove("web", container)).toMatchObject({ opened: true });
  const broken = {
    answers: resolveProbe(get("/", { level: "basic" })),
    extra: resolveProbe(get("/", { level: "basic", json: { token: "other" } })),
  };
  const verdict = await prove("web", container, { budget: "2s", probes: broken });
  expect(verdict).toMatchObject({ opened: false });
  expect(!verdict.opened && verdict.message).toMatch(
    /changed since it was last ready, 20.* UTC:\n {4}- budget: 60s → 2s\n {4}- probe extra was added\n/,
  );

  const crash = await stack.startProgram("crash", `console.error("cannot use ${secret}"); process.exit(3)`);
  const restarts = { maxRetries: 1, backoff: { initial: "100ms", multiplier: 1, max: "1s" } } as const;
  await prove("crash", crash, { restarts });

  const { starts } = await client.call("history", { last: 10 });
  expect(starts).toMatchObject([
    {
      outcome: "failed",
      status: { service: "crash", restarts: 1 },
      exits: [{ code: 3 }, { code: 3 }],
      failure: { reason: "exited", headline: expect.stringContaining("crash exited with code 3") as unknown },
    },
    { outcome: "failed", fromStart: false, status: { service: "web" } },
    { outcome: "ready", fromStart: true, status: { service: "web", probes: [{ name: "answers" }] } },
  ]);
  expect((await client.call("history", { last: 10, service: "crash" })).starts).toHaveLength(1);
  const { reports } = await client.call("report", { last: 5 });
  expect(reports).toMatchObject([
    {
      phase: "test",
      opened: false,
      failures: [{ service: "crash", logs: ["cannot use [secret]", "cannot use [secret]"] }],
    },
    { failures: [{ service: "web", lastGood: { changes: ["budget: 60s → 2s", "probe extra was added"] } }] },
  ]);
  expect(reports[0]?.openedMs).toBeUndefined();
});

/** The bytes of the history as they are on the volume. */
async function onDisk(): Promise<Buffer> {
  const stream = await stack.engine.exec(stack.name, ["sh", "-c", "cat /var/lib/phasegate/history.db*"]);
  stream.end();
  return buffer(stream);
}

test("what a service says of a secret, in its log or to a probe, is on the volume without it", async () => {
  const bytes = await onDisk();
  expect(bytes.includes("cannot use [secret]")).toBe(true);
  expect(bytes.includes('token is \\"[secret]\\", expected')).toBe(true);
  expect(bytes.includes(secret)).toBe(false);
});

test("what was kept is there after kill -9 and a start, and what was under way is broken off", async () => {
  const container = await stack.startProgram("slow", answersAfter(3_600_000));
  void prove("slow", container).catch(() => undefined);
  await expect
    .poll(async () => (await client.call("history", { last: 1 })).starts[0]?.status.service)
    .toBe("slow");
  const before = (await client.call("history", { last: 10 })).starts;
  expect(before[0]?.outcome).toBe("under-way");
  const coordinator = stack.docker.getContainer(stack.name);
  await coordinator.kill({ signal: "SIGKILL" });
  await coordinator.start();
  client.close();
  client = await connectCoordinator(stack.engine, stack.name);
  const { starts } = await client.call("history", { last: 10 });
  const known = starts.slice(-before.length);
  expect(known).toEqual([{ ...before[0], outcome: "broken-off" }, ...before.slice(1)]);
  // The coordinator goes on with it, which is another entry.
  expect(starts.slice(0, -before.length).map(({ status, outcome }) => [status.service, outcome])).toEqual([
    ["slow", "under-way"],
  ]);
  expect((await client.call("report", { last: 5 })).reports).toHaveLength(2);
});
