import { type RequestListener, createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { callJson } from "../../services/shared/http-call.ts";

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serverThat(answer: RequestListener): Promise<{ url: string; address: string }> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/health/ready`, address: `127.0.0.1:${port}` };
}

const ready = z.object({ ready: z.literal(true) });

test("the answer is what was expected", async () => {
  const { url } = await serverThat((_request, response) => response.end('{"ready":true,"more":1}'));
  await expect(callJson("auth", url, ready)).resolves.toEqual({ ready: true });
});

test.each([
  [503, '{"ready":false,"reason":"initialising"}', "/health/ready answered 503: initialising"],
  [
    401,
    '{"error":"invalid_client","error_description":"client authentication failed"}',
    "/health/ready answered 401: client authentication failed",
  ],
  [502, "<html>", "/health/ready answered 502"],
  [200, '{"ready":false}', "/health/ready answered something unexpected: ready"],
  [200, "<html>", "/health/ready answered something unexpected"],
])("a status of %i with %s is reported in words", async (status, body, words) => {
  const { url, address } = await serverThat((_request, response) => response.writeHead(status).end(body));
  await expect(callJson("auth", url, ready)).rejects.toThrow(`auth at ${address}: ${words}`);
});

test("nobody there, and a connection cut, are reported in words", async () => {
  const { url, address } = await serverThat((request) => request.socket.destroy());
  await expect(callJson("auth", url, ready)).rejects.toThrow(/connection (closed|reset)/);
  closing.pop()?.();
  await expect(callJson("auth", url, ready)).rejects.toThrow(`auth at ${address}: connection refused`);
});
