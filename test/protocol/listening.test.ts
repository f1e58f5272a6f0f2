import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import { untilListening } from "../../lib/probe/listening.ts";

async function listenOn(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, 0);
  await close(server);
  return port;
}

test("a port is waited for until something listens there, which gets one connection and no byte", async () => {
  const port = await freePort();
  const stop = new AbortController();
  const waits: number[] = [];
  const refused = Promise.withResolvers<void>();
  const everyMs = () => {
    if (waits.push(5) === 3) refused.resolve();
    return 5;
  };
  const listening = untilListening({ host: "localhost", port }, everyMs, systemClock, stop.signal);
  await refused.promise;
  const connections: Socket[] = [];
  let bytes = 0;
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on("data", (data) => (bytes += data.length));
    socket.on("error", () => undefined);
  });
  await listenOn(server, port);
  await listening;
  await close(server);
  expect([connections.length, bytes]).toEqual([1, 0]);
});

test.for([
  { host: "127.0.0.1", what: "nothing listens" },
  { host: "name.invalid", what: "the name has no address" },
])("it ends with its signal, where $what", async ({ host }) => {
  const port = await freePort();
  const stop = new AbortController();
  let ended = false;
  const listening = untilListening({ host, port }, () => 1, systemClock, stop.signal).then(() => {
    ended = true;
  });
  await systemClock.sleep(50);
  expect(ended).toBe(false);
  stop.abort();
  await listening;
});
