import { afterAll, beforeAll, expect, test } from "vitest";
import type { ControlClient } from "../../lib/control/client.ts";
import { connectCoordinator } from "../../lib/control/client.ts";
import { bundleReference, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { all, not } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import {
  custom,
  dnsName,
  engineHealthy,
  exec,
  get,
  grpcHealth,
  logLine,
  tcp,
} from "../../lib/model/probes.ts";
import { resolveProbe } from "../../lib/model/resolve-probe.ts";
import { application } from "../support/applied.ts";
import { readinessSpec } from "../support/desired.ts";
import type { CoordinatorContainer } from "../support/coordinator-container.ts";
import { startCoordinator } from "../support/coordinator-container.ts";

const modules = [
  "test/probes/queue-depth.ts",
  "test/probes/hangs.ts",
  "test/probes/throws.ts",
  "test/probes/misbehaves.ts",
  "test/probes/computes.ts",
] as const;

let stack: CoordinatorContainer;
let client: ControlClient;

beforeAll(async () => {
  stack = await startCoordinator(modules);
  client = await connectCoordinator(stack.engine, stack.name);
  const readiness = readinessSpec({
    endpoint: { protocol: "http", host: "shop", port: 8080 },
    probes: Object.fromEntries(Object.entries(probes).map(([name, probe]) => [name, resolveProbe(probe)])),
  });
  const secrets = { queueToken: "hunter2-hunter2" };
  const container = await stack.startProgram("shop", shop);
  await client.call("apply", application("shop", container, readiness, { secrets }));
});
afterAll(async () => {
  client?.close();
  await stack?.[Symbol.asyncDispose]();
});

/** An HTTP service with a queue and, by hand, a gRPC server that is serving. */
const shop = `
  require("node:http").createServer((request, response) => {
    if (request.url !== "/queue") return response.end('{"ready":true}');
    const known = request.headers.authorization === "Bearer hunter2-hunter2";
    response.writeHead(known ? 200 : 401).end('{"depth":7}');
  }).listen(8080);
  const http2 = require("node:http2").createServer();
  http2.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
  });
  http2.listen(50051, () => console.log("listening on 8080 and 50051"));
`;

const token = { secret: "queueToken" };
const level = "basic";
const probes: Record<string, DeclaredProbe> = {
  queueShort: custom(modules[0], { with: { under: 10 }, secrets: { token }, level }),
  queueEmpty: custom(modules[0], { with: { under: 1 }, secrets: { token }, level }),
  hangs: custom(modules[1], { timeout: "500ms", level }),
  throws: custom(modules[2], { level }),
  prints: custom(modules[3], { with: "prints", level }),
  computes: custom(modules[4], { timeout: "500ms", level }),
  unknownModule: custom("test/probes/elsewhere.ts", { level }),
  name: dnsName("shop", { level }),
  nobody: dnsName("nobody", { level }),
  grpc: grpcHealth({ port: 50051, level }),
  log: logLine(/^listening on \d+/, { level }),
  command: exec(["node", "--version"], { stdout: /^v24/, level }),
  healthy: engineHealthy({ level }),
  fast: get("/health", { json: { ready: true }, p95: { under: "5s", samples: 20 }, level }),
  together: all([get("/health"), not(tcp(9))], { level }),
};

test("the coordinator asks every kind of probe from inside the network", async () => {
  const outcomeOf = async () => {
    const { attempts } = await client.call("validate", { service: "shop" });
    return Object.fromEntries(
      attempts.map(({ probe, status, cause }) => [
        probe,
        cause === undefined ? status : `${status}: ${cause}`,
      ]),
    );
  };
  await expect.poll(async () => (await outcomeOf())["log"], { timeout: 20_000 }).toBe("passed");
  expect(await outcomeOf()).toEqual({
    queueShort: "passed",
    queueEmpty: "failed: 7 jobs wait, expected fewer than 1",
    hangs: "failed: no answer from test/probes/hangs.ts within 500ms while waiting for Godot",
    throws: "unknown: depth is not a function, s3cr3t/pässword",
    prints: "passed",
    // Where the thread is blocked by an attempt of the gate's already, this one does not come to name its step.
    computes: expect.stringMatching(
      /^failed: no answer from test\/probes\/computes.ts within 500ms while (computing|running test\/probes\/computes.ts): it blocked the thread for [\d.]+m?s; a custom probe must not compute without awaiting$/,
    ) as string,
    unknownModule:
      'unknown: the coordinator was built without test/probes/elsewhere.ts: the next "up" of the stack builds it in',
    name: "passed",
    nobody: "failed: the name nobody has no address",
    grpc: "passed",
    log: "passed",
    command: "passed",
    healthy: "failed: shop has no health check that the engine could make: declare one",
    fast: "passed",
    together: "passed",
  });
  const { attempts } = await client.call("validate", { service: "shop" });
  expect(attempts.find(({ probe }) => probe === "fast")?.measured).toMatchObject({ samples: 20 });
});

test("what custom probes print and what their threads end by is in the coordinator's log, an event a line", async () => {
  const output = await stack.engine.logs(stack.name, 10_000);
  const events = output.map((line) => JSON.parse(line) as Record<string, unknown>);
  const about = (module: string) =>
    events.filter((event) => event["module"] === module).map(({ at: _, module: __, ...event }) => event);
  expect(about("test/probes/misbehaves.ts")).toContainEqual({
    event: "custom-probe-output",
    stream: "stderr",
    text: "and another",
  });
  expect(about("test/probes/computes.ts")).toContainEqual({
    event: "custom-probe-ended",
    why: expect.stringMatching(/^test\/probes\/computes.ts blocked its thread for /) as string,
  });
});

test("the coordinator's image is another with other modules, or other sources of them", async () => {
  const entry = "lib/coordinator/main.ts";
  const without = await bundleReference(process.cwd(), entry);
  const one = await bundleReference(process.cwd(), entry, { probe: modules[0] });
  const two = await bundleReference(process.cwd(), entry, { probe: modules[1] });
  expect(new Set([without, one, two]).size).toBe(3);
  expect(await bundleReference(process.cwd(), entry, { probe: modules[0] })).toBe(one);
});

test("a module that is not there, or does not compile, is reported with its file", async () => {
  const entry = "lib/coordinator/main.ts";
  await expect(
    bundleReference(process.cwd(), entry, { probe: "stacks/probes/missing.ts" }),
  ).rejects.toMatchObject({
    code: "PHASEGATE_IMAGE_BUILD_FAILED",
    message:
      "the image of lib/coordinator/main.ts cannot be built: there is no file stacks/probes/missing.ts",
  });
  await expect(
    prepareBundle(stack.docker, process.cwd(), entry, "phasegate/coordinator:broken", () => {}, {
      probe: "README.md",
    }),
  ).rejects.toMatchObject({
    code: "PHASEGATE_IMAGE_BUILD_FAILED",
    message: expect.stringContaining("README.md") as unknown,
  });
});
