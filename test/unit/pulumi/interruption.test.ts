import { channel } from "node:diagnostics_channel";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type * as interruption from "../../../lib/pulumi/providers/interruption.ts";

// The server is the one of Pulumi's dynamic providers: its own Cancel does nothing.
let server: Server;
let client: services.ResourceProviderClient;
let untilInterrupted: typeof interruption.untilInterrupted;

beforeEach(async () => {
  server = new Server();
  server.addService(services.ResourceProviderService, {
    cancel: (_call: unknown, done: (error: null, reply: unknown) => void) => done(null, new empty.Empty()),
    getPluginInfo: (_call: unknown, done: (error: Error) => void) => done(new Error("not here")),
  } as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  vi.resetModules();
  ({ untilInterrupted } = await import("../../../lib/pulumi/providers/interruption.ts"));
});
afterEach(() => {
  client.close();
  server.forceShutdown();
});

function call(method: "cancel" | "getPluginInfo"): Promise<void> {
  return new Promise((resolve) => client[method](new empty.Empty(), () => resolve()));
}

test("the first Ctrl-C ends what waits, with what it waited for and that the same command goes on", async () => {
  let progress = "0/1 ready";
  const waiting = untilInterrupted(new Promise(() => {}), () => `the gate of data was waiting: ${progress}`);
  const failure = expect(waiting).rejects.toMatchObject({
    code: "PHASEGATE_INTERRUPTED",
    message:
      "interrupted: the gate of data was waiting: 1/2 ready\nWhat runs is left running. The same command goes on from here.",
  });
  progress = "1/2 ready";
  await call("cancel");
  await failure;
});

test("what begins after it does not wait either", async () => {
  await call("cancel");
  await expect(untilInterrupted(new Promise(() => {}), () => "it waited")).rejects.toMatchObject({
    code: "PHASEGATE_INTERRUPTED",
  });
});

test("no other call interrupts, and work that ends is left alone", async () => {
  const work = Promise.withResolvers<string>();
  const waiting = untilInterrupted(work.promise, () => "it waited");
  await call("getPluginInfo");
  channel("http2.server.stream.start").publish({});
  work.resolve("done");
  expect(await waiting).toBe("done");
  await expect(untilInterrupted(Promise.reject(new Error("its own")), () => "")).rejects.toThrow("its own");
});
