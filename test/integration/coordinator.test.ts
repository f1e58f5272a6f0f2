import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ControlClient } from "../../lib/control/client.ts";
import { connectCoordinator } from "../../lib/control/client.ts";
import { nobody } from "../../lib/engine/one-run.ts";
import type { Params } from "../../lib/model/control.ts";
import { controlProtocol } from "../../lib/model/control.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import { get } from "../../lib/model/probes.ts";
import { resolveProbe } from "../../lib/model/resolve-probe.ts";
import { application, wanted } from "../support/applied.ts";
import { readinessSpec } from "../support/desired.ts";
import type { CoordinatorContainer } from "../support/coordinator-container.ts";
import { startCoordinator } from "../support/coordinator-container.ts";

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

/** A server that answers 503 until `readyAfterMs` has passed; it does not even listen in the first half of it. */
const server = (readyAfterMs: number) => `
  const ready = Date.now() + ${readyAfterMs};
  const server = require("node:http").createServer((_, response) => {
    response.writeHead(Date.now() < ready ? 503 : 200).end("{}");
  });
  setTimeout(() => server.listen(8080), ${readyAfterMs / 2});
`;

function httpSpec(service: string, patch: Partial<ReadinessSpec> = {}): ReadinessSpec {
  return readinessSpec({
    endpoint: { protocol: "http", host: service, port: 8080 },
    probes: { answers: resolveProbe(get("/", { level: "basic" })) },
    budget: "60s",
    ...patch,
  });
}

async function apply(
  service: string,
  container: string,
  readiness: ReadinessSpec,
  secrets: Record<string, string> = {},
): Promise<Params<"awaitGate">["services"]> {
  const applied = application(service, container, readiness, { secrets });
  await client.call("apply", applied);
  return wanted(applied);
}

test("answers who it is", async () => {
  expect(await client.call("hello", {})).toMatchObject({ protocol: controlProtocol });
});

test("proves a service that becomes ready late, and reports what it waits for", async () => {
  const container = await stack.startProgram("late", server(2000));
  const services = await apply("late", container, httpSpec("late"));
  const progress: string[] = [];
  const verdict = await client.call("awaitGate", { phase: "test", services }, (event) =>
    progress.push(event.text),
  );
  expect(verdict).toMatchObject({
    opened: true,
    services: [{ service: "late", state: "ready", container: expect.stringMatching(/-late$/) as unknown }],
  });
  const { startedMs = 0, readyMs = 0, probes = [] } = verdict.services[0] ?? {};
  expect(readyMs - startedMs).toBeGreaterThan(1900);
  expect(probes[0]?.attempts).toBeGreaterThan(3);
  expect(progress.join("\n")).toMatch(
    /0\/1 ready · late 0 of 1, \d+s of 60s: answers: connection refused by late:8080 \(\d+ attempts?\)/,
  );
  expect(progress.join("\n")).toContain("answered 503");

  expect(await client.call("staleness", { services })).toEqual({ reason: undefined });
  const reports: string[] = [];
  const validation = await client.call("validate", { service: "late" }, ({ probe, status }) =>
    reports.push(`${probe} ${status}`),
  );
  expect(validation.passed).toBe(true);
  expect(reports).toEqual(["answers passed"]);

  await stack.docker.getContainer(container).restart({ t: 0 });
  await expect
    .poll(async () => (await client.call("staleness", { services })).reason)
    .toMatchObject({ kind: "unproven" });
  expect(await client.call("awaitGate", { phase: "test", services })).toMatchObject({ opened: true });
  expect(await client.call("staleness", { services })).toEqual({ reason: undefined });
  const { services: statuses } = await client.call("status", {});
  expect(statuses.find(({ service }) => service === "late")).toMatchObject({ generation: 2, state: "ready" });
});

test("restarts a service that exits at once, then gives its last lines without the secret", async () => {
  const container = await stack.startProgram(
    "crash",
    `console.error("cannot use hunter2-hunter2"); process.exit(3)`,
  );
  const restarts = { maxRetries: 2, backoff: { initial: "100ms", multiplier: 2, max: "1s" } } as const;
  const services = await apply("crash", container, httpSpec("crash", { restarts }), {
    password: "hunter2-hunter2",
  });
  const verdict = await client.call("awaitGate", { phase: "test", services });
  expect(verdict).toMatchObject({
    opened: false,
    failures: [{ reason: "exited", exit: { code: 3 }, status: { restarts: 2 } }],
  });
  if (verdict.opened) return;
  expect(verdict.failures[0]?.logs).toEqual(Array.from({ length: 3 }, () => "cannot use [secret]"));
  expect(verdict.message).toContain("The gate of test did not open: crash exited with code 3, after ");
  expect(JSON.stringify(verdict)).not.toContain("hunter2");
});

test("proves a job by its end", async () => {
  const container = await stack.startProgram("job", `setTimeout(() => process.exit(0), 1500)`);
  const probe = resolveProbe({ kind: "completed", exitCode: 0, level: "basic" });
  const services = await apply("job", container, readinessSpec({ job: true, probes: { completed: probe } }));
  const progress: string[] = [];
  const verdict = await client.call("awaitGate", { phase: "test", services }, (event) =>
    progress.push(event.text),
  );
  expect(verdict.opened).toBe(true);
  expect(progress).toContain("0/1 ready · job running");
  expect(await client.call("staleness", { services })).toEqual({ reason: undefined });
});

test("notices at once that a container is removed", async () => {
  const container = await stack.startProgram("removed", server(3_600_000));
  const services = await apply("removed", container, httpSpec("removed"));
  const verification = client.call("awaitGate", { phase: "test", services });
  await expect
    .poll(
      async () =>
        (await client.call("status", {})).services.find(({ service }) => service === "removed")?.state,
    )
    .toBe("starting");
  await stack.docker.getContainer(container).remove({ force: true });
  expect(await verification).toMatchObject({ opened: false, failures: [{ reason: "gone" }] });
});

test("the relay ends when its stdin ends, after the answer has come through", async () => {
  const stream = await stack.engine.exec(stack.name, ["node", "/app/main.mjs", "relay"]);
  stream.end('garbage\n{"id":5,"method":"hello"}\n');
  const lines = (await text(stream))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: number });
  expect(lines).toMatchObject([
    { id: 0, error: { message: "a request is not JSON" } },
    { id: 5, result: { protocol: controlProtocol } },
  ]);
});

test.for([
  { mode: "relay", user: "0:0" },
  { mode: "probe", user: `${nobody}:${nobody}` },
])("its $mode takes what the image's building has compiled", async ({ mode, user }) => {
  const program = `NODE_DEBUG_NATIVE=COMPILE_CACHE node /app/main.mjs ${mode} </dev/null 2>&1`;
  const container = await stack.docker.createContainer({
    Image: stack.image,
    User: user,
    Cmd: ["sh", "-c", program],
    HostConfig: { ReadonlyRootfs: true, NetworkMode: "none" },
  });
  try {
    await container.start();
    await container.wait();
    const output = (await container.logs({ stdout: true })).toString("utf8");
    const taken = [...output.matchAll(/code cache for ESM file:\/\/\/app\/(\S+) was (\w+)/g)];
    const others = taken.filter(([, file, how]) => how !== "accepted" && file !== "main.mjs");
    expect(others.map(([line]) => line)).toEqual([]);
    expect(taken.length).toBeGreaterThan(1);
  } finally {
    await container.remove({ force: true, v: true });
  }
});

test("a relay without a coordinator says so", async () => {
  const stream = await stack.engine.exec(stack.name, [
    "sh",
    "-c",
    "PHASEGATE_SOCKET=/nowhere node /app/main.mjs relay",
  ]);
  await expect(text(stream)).rejects.toThrow("the coordinator does not listen at /nowhere (ENOENT)");
});

test("a coordinator that was restarted goes on; SIGTERM ends it with exit code 0", async () => {
  const program = await stack.startProgram("stays", server(100));
  const services = await apply("stays", program, httpSpec("stays"));
  expect(await client.call("awaitGate", { phase: "test", services })).toMatchObject({ opened: true });
  const other = await connectCoordinator(stack.engine, stack.name);
  const container = stack.docker.getContainer(stack.name);
  await container.stop({ t: 10 });
  expect(await stack.engine.inspect(stack.name)).toMatchObject({ running: false, exitCode: 0 });
  await expect(other.call("status", {})).rejects.toMatchObject({ code: "PHASEGATE_COORDINATOR_UNREACHABLE" });
  await container.start();
  client = await connectCoordinator(stack.engine, stack.name);
  expect(await client.call("staleness", { services })).toEqual({ reason: undefined });
  expect(await client.call("awaitGate", { phase: "test", services, resumed: true })).toMatchObject({
    opened: true,
    services: [{ service: "stays", generation: 1 }],
  });
});
