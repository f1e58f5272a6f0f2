import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TracesObserver } from "../../../../lib/coordinator/observers/traces/traces-observer.ts";
import type { Settings } from "../../../../lib/coordinator/observers/telemetry.ts";
import { tracesObserver } from "../../../../lib/coordinator/observers/traces/traces-observer.ts";
import { takenPort } from "../../../support/metrics.ts";
import { otlpReceiver } from "../../../support/otlp-receiver.ts";
import { gateRecord, lateRecord, startRecord } from "../../../support/records.ts";
import { probeStatus, startMs } from "../../../support/statuses.ts";
import { incident, transition } from "../../../support/transitions.ts";

let receiver: Awaited<ReturnType<typeof otlpReceiver>>;
let traces: TracesObserver;
let logged: string[];
beforeEach(async () => {
  receiver = await otlpReceiver();
  logged = [];
  traces = tracesObserver({ log: (event) => logged.push(event), delayMs: 20 });
});
afterEach(async () => {
  await traces.close();
  await receiver.close();
});

const settings = (): Settings => ({
  tracing: { endpoint: receiver.endpoint },
  ...{ stack: "dev", declaration: "netra", environment: "development", secrets: {} },
});

const probe = (name: string, firstPassMs?: number) =>
  probeStatus(name, { attempts: 4, firstPassMs, passing: firstPassMs !== undefined });

function aStart(): void {
  const record = startRecord("postgres", 2500);
  const probes = [probe("accepts", startMs + 2500)];
  traces.start?.(1, { ...record, outcome: "under-way" });
  for (const [n, text] of ["refused", "refused", "starting up"].entries())
    traces.attempt?.({
      ...{ service: "postgres", probe: "accepts", kind: "tcp", status: "failed", tookMs: 1 },
      ...{ atMs: startMs + 100 * (n + 1), monitored: false, cause: { code: text, text } },
    });
  const minReady = { forMs: 1000, passesSinceMs: startMs + 1500, interrupted: undefined };
  traces.start?.(1, { ...record, status: { ...record.status, probes, minReady } });
  traces.verdict?.(gateRecord("infrastructure", true, { beganMs: startMs, atMs: startMs + 2600 }));
  const late = lateRecord("auth", 900);
  const status = {
    ...late.status,
    phase: "business",
    startedMs: startMs + 3000,
    probes: [
      { ...probe("health"), lastCause: { code: "status", text: "it answered 503", permanent: false } },
    ],
  };
  traces.start?.(2, { ...late, beganMs: startMs + 3000, status });
  traces.verdict?.(
    gateRecord("business", false, {
      ...{ beganMs: startMs + 2700, atMs: startMs + 3900 },
      failures: [
        {
          ...{ service: "auth", reason: "deadline", status, usedMs: 900, exit: undefined, logs: [] },
          ...{ lastGood: undefined, advice: [] },
        },
      ],
    }),
  );
  traces.deployment?.({ beganMs: startMs, endedMs: startMs + 4000, outcome: "failed", phase: "business" });
}

it("sends at its end what waits to be sent with more", async () => {
  traces = tracesObserver({ log: (event) => logged.push(event), delayMs: 3_600_000 });
  traces.configure(settings());
  aStart();
  await traces.close();
  expect(receiver.spans().map(({ name }) => name)).toContain("up");
});

it("sends one trace for a start of the stack: phases, services and probes, and why attempts failed", async () => {
  traces.configure(settings());
  aStart();
  await expect.poll(() => receiver.spans().length).toBe(7);
  const spans = receiver.spans();
  expect(receiver.paths).toEqual(["/v1/traces"]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(Object.fromEntries(spans.map(({ name, parent }) => [name, parent]))).toEqual({
    up: undefined,
    "phase infrastructure": "up",
    "service postgres": "phase infrastructure",
    "probe accepts": "service postgres",
    "phase business": "up",
    "service auth": "phase business",
    "probe health": "service auth",
  });
  const named = (name: string) => spans.find((span) => span.name === name);
  expect(named("up")).toMatchObject({
    ...{ beganMs: startMs, endedMs: startMs + 4000, failed: true },
    attributes: { "phasegate.outcome": "failed", "error.type": "gate_failed" },
    resource: {
      "service.name": "phasegate-coordinator",
      "service.namespace": "netra-dev",
      "deployment.environment.name": "development",
    },
  });
  expect(named("service postgres")).toMatchObject({
    beganMs: startMs,
    endedMs: startMs + 2500,
    failed: false,
    attributes: { "phasegate.min_ready_ms": 1000 },
    events: [{ name: "every probe passes" }],
  });
  // The same cause twice in a row is one event.
  expect(named("probe accepts")?.events).toEqual(
    ["refused", "starting up"].map((text) => ({
      name: "attempt failed",
      attributes: { "error.type": text, "phasegate.cause": text },
    })),
  );
  expect(named("phase business")).toMatchObject({ failed: true, attributes: { "error.type": "deadline" } });
  expect(named("probe health")).toMatchObject({ failed: true, attributes: { "error.type": "status" } });
});

it("sends one trace for an incident: what was done, and what happened", async () => {
  traces.configure(settings());
  traces.transition?.(transition(1, "redis", { incident: 5 }));
  traces.transition?.(transition(2, "auth"));
  const open = incident(5, "redis");
  traces.incident?.(open);
  traces.incident?.({
    ...open,
    ...{ closedMs: open.openedMs + 9000, outcome: "recovered", services: { redis: "ready", auth: "ready" } },
    steps: [
      {
        ...{ service: "redis", action: "restart", because: "redis" },
        beganMs: open.openedMs,
        tookMs: 4000,
        result: "ready",
      },
      {
        ...{ service: "auth", action: "revalidate", because: "redis" },
        beganMs: open.openedMs + 4000,
        tookMs: 10,
        result: "failed",
      },
    ],
  });
  await expect.poll(() => receiver.spans().length).toBe(3);
  const spans = receiver.spans();
  expect(spans.map(({ name, parent, failed }) => ({ name, parent, failed }))).toEqual(
    expect.arrayContaining([
      { name: "incident", parent: undefined, failed: true },
      { name: "restart redis", parent: "incident", failed: false },
      { name: "revalidate auth", parent: "incident", failed: true },
    ]),
  );
  const root = spans.find(({ name }) => name === "incident");
  expect(root?.endedMs).toBe(open.openedMs + 9000);
  expect(root?.attributes).toMatchObject({ "phasegate.service": "redis", "error.type": "exited" });
  expect(root?.events).toMatchObject([{ name: "transition", attributes: { "phasegate.service": "redis" } }]);
});

it("says once that the collector does not take them, and once that it does again", async () => {
  receiver.answerWith(400);
  traces.configure(settings());
  traces.incident?.(incident(1, "redis", { closedMs: startMs + 10, outcome: "recovered" }));
  await expect.poll(() => receiver.paths.length).toBe(1);
  await expect.poll(() => logged).toEqual(["traces-not-sent"]);
  traces.incident?.(incident(2, "redis", { closedMs: startMs + 10, outcome: "recovered" }));
  await expect.poll(() => receiver.paths.length).toBe(2);
  receiver.answerWith(200);
  traces.incident?.(incident(3, "redis", { closedMs: startMs + 10, outcome: "recovered" }));
  await expect.poll(() => logged).toEqual(["traces-not-sent", "traces-sent-again"]);
});

it("says once that nobody answers at the collector's address, and names no password of it", async () => {
  const gone = await takenPort();
  await gone.free();
  const lines: unknown[] = [];
  const own = tracesObserver({ log: (event, fields) => lines.push({ event, ...fields }), delayMs: 20 });
  const tracing = { endpoint: `http://user:password@127.0.0.1:${gone.port}` };
  own.configure({ ...settings(), tracing });
  own.incident?.(incident(1, "redis", { closedMs: startMs + 10, outcome: "recovered" }));
  await expect.poll(() => lines, { timeout: 20_000 }).toHaveLength(1);
  expect(lines).toMatchObject([{ event: "traces-not-sent", collector: `127.0.0.1:${gone.port}` }]);
  expect(JSON.stringify(lines)).not.toContain("password");
  await own.close();
}, 30_000);

it("sends nothing where tracing is not configured, nor after it has been taken away", async () => {
  aStart();
  traces.configure(settings());
  traces.configure({ stack: "dev", secrets: {} });
  aStart();
  await traces.close();
  traces.configure(settings());
  traces.incident?.(incident(1, "redis", { closedMs: startMs + 10, outcome: "recovered" }));
  await expect.poll(() => receiver.spans().map(({ name }) => name)).toEqual(["incident"]);
});

it("loads neither prom-client nor OpenTelemetry while nothing is declared", () => {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { tracesObserver } = await import("./lib/coordinator/observers/traces/traces-observer.ts");
    const { metricsObserver } = await import("./lib/coordinator/observers/metrics/metrics-observer.ts");
    const settings = { secrets: {}, tracing: undefined, metrics: undefined };
    const traces = tracesObserver({ log: () => undefined });
    const metrics = metricsObserver({ log: () => undefined, port: 0, host: "127.0.0.1",
      known: () => ({ services: [], incidents: [] }), historyProblem: () => undefined, startedMs: 0,
      clock: { now: () => 0, sleep: (ms, signal) => new Promise((resolve) => signal.addEventListener("abort", resolve)) } });
    const libraries = () => loaded.filter((url) => /prom-client|opentelemetry/.test(url)).length;
    traces.configure(settings);
    metrics.configure(settings);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const off = libraries();
    traces.configure({ ...settings, tracing: { endpoint: "http://127.0.0.1:9" } });
    metrics.configure({ ...settings, metrics: {} });
    while (metrics.listening() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let i = 0; i < 2000 && libraries() <= 10; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(JSON.stringify({ off, on: libraries() > 10 }));
    metrics.close(); traces.close();
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(JSON.parse(output)).toEqual({ off: 0, on: true });
});
