import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerPlatform } from "../../lib/coordinator/containers/docker-platform.ts";
import { systemClock } from "../../lib/core/clock.ts";
import type { PhasegateError } from "../../lib/core/errors.ts";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import type { Platform } from "../../lib/supervision/platform.ts";
import { answer, closedPort, hang, listen, reset } from "../support/loopback.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// An engine that takes connections and does not answer, or begins an answer and leaves it at that: every call ends with its signal.

const graceMs = 1000;

const calls: readonly (readonly [string, (platform: Platform, signal: AbortSignal) => Promise<unknown>])[] = [
  ["observe", ({ observe }, signal) => observe("web", signal)],
  ["list", ({ list }, signal) => list(signal)],
  ["start", ({ start }, signal) => start("web", signal)],
  ["stop", ({ stop }, signal) => stop("web", { graceMs }, signal)],
  ["restart", ({ restart }, signal) => restart("web", { graceMs, from: 1 }, signal)],
  ["logs", ({ logs }, signal) => logs("web", 10, signal)],
  ["past", ({ past }, signal) => past(Date.now(), signal)],
];

const beginning = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{";

/** Begins an answer, and is gone. */
function breakOff(socket: Socket): void {
  socket.once("data", () => socket.write(beginning, () => setTimeout(() => socket.destroy(), 20)));
}

const engines = [
  { what: "does not answer", behave: hang },
  { what: "begins an answer and does not go on", behave: answer(beginning) },
  { what: "breaks an answer off", behave: breakOff },
];

function platformAt(host: string): Platform {
  const engine = connectEngine({ host });
  return dockerPlatform({ engine, labels: {}, clock: systemClock, redact: (text) => text });
}

describe.for(engines)("an engine that $what", ({ behave }) => {
  test.for(calls)("ends %s with its signal", async ([, call]) => {
    await using server = await listen(behave);
    const ending = new AbortController();
    const done = call(platformAt(`tcp://127.0.0.1:${server.port}`), ending.signal).then(
      () => "answered",
      (error: unknown) => error as PhasegateError,
    );
    await expect.poll(server.accepted).toBe(1);
    const before = await Promise.race([done, systemClock.sleep(100).then(() => "waits")]);
    ending.abort(new Error("no answer within 10s"));
    const ended = await done;
    expect(ended).toMatchObject({ code: "PHASEGATE_ENGINE_UNREACHABLE" });
    // What has broken off may be noticed before.
    if (behave !== breakOff) expect(before).toBe("waits");
    if (before === "waits")
      expect(ended).toHaveProperty("message", expect.stringContaining("no answer within 10s"));
    // Nobody goes on waiting for it, either.
    await expect.poll(server.open).toBe(0);
  });

  test("ends its events with their signal", async () => {
    await using server = await listen(behave);
    const ending = new AbortController();
    const { events } = platformAt(`tcp://127.0.0.1:${server.port}`);
    const done = (async () => {
      for await (const _event of events(undefined, ending.signal)) throw new Error("there is no event");
    })().catch((error: unknown) => error);
    await expect.poll(server.accepted).toBe(1);
    ending.abort();
    const ended = await done;
    if (behave !== breakOff) expect(ended).toBeUndefined();
    await expect.poll(server.open).toBe(0);
  });
});

test.for(calls)(
  "an engine that closes the connection, or is not there, is said to be unreachable by %s",
  async ([, call]) => {
    await using server = await listen(reset);
    const forEver = new AbortController().signal;
    for (const port of [server.port, await closedPort()])
      await expect(call(platformAt(`tcp://127.0.0.1:${port}`), forEver)).rejects.toMatchObject({
        code: "PHASEGATE_ENGINE_UNREACHABLE",
      });
  },
);

test("each call to a socket of this machine has a connection of its own", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "engine.sock");
  let connections = 0;
  const server = createServer((_request, response) => response.end("[]"));
  server.on("connection", () => connections++);
  server.listen(path);
  await once(server, "listening");
  const { list } = platformAt(`unix://${path}`);
  for (let i = 0; i < 3; i++) await list(new AbortController().signal);
  expect(connections).toBe(3);
  server.close();
});
