import { createServer as createHttp } from "node:http";
import type { Http2Server } from "node:http2";
import { createServer as createHttp2 } from "node:http2";
import type { Server } from "node:net";
import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import { grpcHealth } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import type { Answer, CheckCall } from "../support/grpc-server.ts";
import { serveGrpc } from "../support/grpc-server.ts";
import { answer, closedPort, halfClose, hang, listen, reset, watch } from "../support/loopback.ts";

const check = "/grpc.health.v1.Health/Check";

/** A HealthCheckResponse: field 1, a varint. */
const state = (number: number) => Buffer.from(number === 0 ? [] : [0x08, number]);

async function answering(
  respond: (call: CheckCall, answer: Answer) => void,
  options: { service?: string; timeout?: `${number}ms` } = {},
  path = check,
): Promise<string> {
  await using server = await serveGrpc(path, respond);
  return reportOf(await attempt(grpcHealth({ port: server.port, ...options })), server);
}

describe("a gRPC server that", () => {
  test("is serving", async () => {
    let request: Buffer | undefined;
    let agent: unknown;
    const respond = (call: CheckCall, reply: Answer) => {
      request = call.request;
      agent = call.metadata.get("user-agent")[0];
      reply(null, state(1));
    };
    expect(await answering(respond, { service: "shop.Orders" })).toBe("passed");
    expect(request).toEqual(Buffer.concat([Buffer.from([0x0a, 11]), Buffer.from("shop.Orders")]));
    expect(agent).toBe("phasegate-probe");
    expect(await answering(respond)).toBe("passed");
    expect(request).toHaveLength(0);
  });

  test.each([
    [0, "UNKNOWN"],
    [2, "NOT_SERVING"],
    [3, "SERVICE_UNKNOWN"],
    [9, "9"],
  ])("answers with the status %i", async (number, name) => {
    expect(await answering((_call, reply) => reply(null, state(number)))).toBe(
      `failed, unhealthy: server:1 says that the server is ${name}, expected SERVING`,
    );
  });

  test("does not know the service", async () => {
    const respond = (_call: CheckCall, reply: Answer) =>
      reply({ code: status.NOT_FOUND, details: "unknown service" });
    expect(await answering(respond, { service: "shop.Orders" })).toBe(
      "failed, server: server:1 knows nothing of the health of shop.Orders: NOT_FOUND: unknown service",
    );
  });

  test("does not speak the health protocol, which waiting does not mend", async () => {
    expect(await answering((_call, reply) => reply(null, state(1)), {}, "/shop.Orders/List")).toBe(
      `failed, protocol, permanent: server:1 does not serve gRPC's health protocol: UNIMPLEMENTED: The server does not implement the method ${check}`,
    );
  });

  test("fails, with a secret in its words", async () => {
    const respond = (_call: CheckCall, reply: Answer) =>
      reply({ code: status.INTERNAL, details: "no access with s3cr3t/pässword" });
    expect(await answering(respond)).toBe(
      "failed, server: server:1 answered INTERNAL: no access with [secret]",
    );
  });

  test("does not take the caller", async () => {
    const respond = (_call: CheckCall, reply: Answer) =>
      reply({ code: status.UNAUTHENTICATED, details: "no token" });
    expect(await answering(respond)).toBe(
      "failed, authentication: server:1 answered UNAUTHENTICATED: no token",
    );
  });

  test("answers with bytes that are no such message", async () => {
    expect(await answering((_call, reply) => reply(null, Buffer.from([0x08])))).toMatch(
      /^failed, protocol: /,
    );
  });

  test("does not answer: the call is cancelled there", async () => {
    const cancelled = Promise.withResolvers<string>();
    const respond = (call: CheckCall) => void call.once("cancelled", () => cancelled.resolve("cancelled"));
    await using server = await serveGrpc(check, respond);
    const outcome = await attempt(grpcHealth({ port: server.port, timeout: "1s" }));
    expect(reportOf(outcome, server)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the answer",
    );
    // Before the deadline that the server got, a second after the attempt's own.
    expect(await Promise.race([cancelled.promise, systemClock.sleep(900)])).toBe("cancelled");
  });
});

describe("in place of a gRPC server", () => {
  test("there is nothing", async () => {
    const port = await closedPort();
    expect(reportOf(await attempt(grpcHealth({ port })), { host: "127.0.0.1", port })).toBe(
      "failed, refused: connection refused by server:1",
    );
  });

  test("there is no host", async () => {
    const outcome = await attempt(grpcHealth({ port: 50051 }), undefined, {}, "nobody.invalid");
    expect(outcome).toMatchObject({
      status: "failed",
      cause: { code: "dns", text: "the host name nobody.invalid has no address" },
    });
  });

  test.each([
    ["says nothing", hang, "timeout: no answer from server:1 within 1s while opening the HTTP/2 connection"],
    ["closes at once", halfClose, "reset: connection closed by server:1 while opening the HTTP/2 connection"],
    ["resets", reset, "reset: connection closed by server:1 while opening the HTTP/2 connection"],
    ["speaks Redis", answer("-ERR unknown command\r\n"), "protocol: server:1 answered, but not in HTTP/2"],
  ])("something %s", async (_name, behave, reported) => {
    await using server = await listen(behave);
    const outcome = await attempt(grpcHealth({ port: server.port, timeout: "1s" }));
    expect(reportOf(outcome, server)).toBe(`failed, ${reported}`);
    expect(await nothingOpen(server)).toBe(true);
  });

  const served: [string, () => Server | Http2Server, string][] = [
    [
      "HTTP/1",
      () => createHttp((_request, response) => response.end("hello")),
      "protocol: server:1 answered, but not in HTTP/2",
    ],
    [
      "HTTP/2 without gRPC",
      () => createHttp2((_request, response) => response.end("hello")),
      "protocol: server:1 answered, but not in gRPC",
    ],
    [
      "HTTP/2 that answers 404, as a proxy may that waits for its server",
      () => createHttp2((_request, response) => void response.writeHead(404).end()),
      "protocol: server:1 answered with the HTTP status 404, and not in gRPC",
    ],
  ];
  test.each(served)("a server speaks %s", async (_name, create, reported) => {
    await using server = await watch(create());
    expect(reportOf(await attempt(grpcHealth({ port: server.port })), server)).toBe(`failed, ${reported}`);
    expect(await nothingOpen(server)).toBe(true);
  });
});
