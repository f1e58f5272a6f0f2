import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, createServer, type ClientHttp2Session, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type * as interruption from "../../../lib/pulumi/providers/interruption.ts";

// gRPC calls are requests of HTTP/2. The server answers and does nothing else, as that of Pulumi's dynamic providers.
let server: Http2Server;
let client: ClientHttp2Session;
let untilInterrupted: typeof interruption.untilInterrupted;

beforeEach(async () => {
  server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.resetModules();
  ({ untilInterrupted } = await import("../../../lib/pulumi/providers/interruption.ts"));
});
afterEach(() => {
  client.destroy();
  server.close();
});

async function call(method: string): Promise<void> {
  const path = `/pulumirpc.ResourceProvider/${method}`;
  await once(client.request({ ":method": "POST", ":path": path }).end().resume(), "end");
}

test("the first Ctrl-C ends what waits, with what it waited for and that the same command goes on", async () => {
  let progress = "0/1 ready";
  const waiting = untilInterrupted(new Promise(() => {}), () => `the gate of data was waiting: ${progress}`);
  const failure = expect(waiting).rejects.toMatchObject({
    code: "PHASEGATE_INTERRUPTED",
    message:
      "interrupted: the gate of data was waiting: 1/2 ready\nWhat runs is left running. The same command continues from here.",
  });
  progress = "1/2 ready";
  await call("Cancel");
  await failure;
});

test("what begins after it does not wait either", async () => {
  await call("Cancel");
  await expect(untilInterrupted(new Promise(() => {}), () => "it waited")).rejects.toMatchObject({
    code: "PHASEGATE_INTERRUPTED",
  });
});

test("no other call interrupts, and work that ends is left alone", async () => {
  const work = Promise.withResolvers<string>();
  const waiting = untilInterrupted(work.promise, () => "it waited");
  await call("GetPluginInfo");
  channel("http2.server.stream.start").publish({});
  work.resolve("done");
  expect(await waiting).toBe("done");
  await expect(untilInterrupted(Promise.reject(new Error("its own")), () => "")).rejects.toThrow("its own");
});
