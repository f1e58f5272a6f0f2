import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createLiveAnswers } from "../../services/backend/live-answers.ts";
import { createHttpServer } from "../../services/shared/http-server.ts";
import { TokenRejectedError, type TokenVerifier } from "../../services/shared/token-verifier.ts";
import { callWebSocket } from "../../services/shared/websocket-call.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const tokens: TokenVerifier = {
  connect: async () => ({ issuer: "http://auth", keys: 1 }),
  async verify(token) {
    if (token !== "good") throw new TokenRejectedError("signature verification failed");
    return {};
  },
};

async function backend({ open = true } = {}) {
  const server = createHttpServer("trial", "silent");
  const live = createLiveAnswers(server, tokens);
  if (open) live.open();
  await server.listen({ host: "127.0.0.1", port: 0 });
  closing.push(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  const connect = (path = "/ws", token = "good") =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { server, live, port, connect };
}

async function refusal(socket: WebSocket): Promise<string> {
  const [error] = (await once(socket, "error")) as [Error];
  return error.message;
}

async function exchange(socket: WebSocket, text: string): Promise<unknown> {
  socket.send(text);
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(String(data)) as unknown;
}

describe("the backend's websocket", () => {
  test("answers ping with pong, and anything else with an error", async () => {
    const { connect } = await backend();
    const socket = connect();
    await once(socket, "open");
    expect(await exchange(socket, '{"type":"ping"}')).toMatchObject({ type: "pong" });
    expect(await exchange(socket, '{"type":"dance"}')).toMatchObject({ type: "error" });
    expect(await exchange(socket, "not json")).toEqual({
      type: "error",
      reason: "a message is one JSON object",
    });
    socket.terminate();
  });

  test("admits nobody without a good token, nor at another path, nor too early", async () => {
    const { connect } = await backend();
    expect(await refusal(connect("/ws", "forged"))).toContain("401");
    expect(await refusal(connect("/elsewhere"))).toContain("404");
    const early = await backend({ open: false });
    expect(await refusal(early.connect())).toContain("503");
  });

  test("publishes an answer to everyone who is connected", async () => {
    const { connect, live } = await backend();
    const sockets = [connect(), connect("/ws?from=test")];
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    const received = Promise.all(sockets.map((socket) => once(socket, "message")));
    live.publish({ id: "1", agent: "parrot", subject: "me", input: "hello", answer: "hello" });
    for (const [data] of (await received) as [Buffer][]) {
      expect(JSON.parse(String(data))).toMatchObject({ type: "answer", agent: "parrot", answer: "hello" });
    }
    for (const socket of sockets) socket.terminate();
  });

  test("its check goes through the front door", async () => {
    const { live, port } = await backend();
    await expect(live.check(port)).resolves.toMatchObject({ connections: expect.any(Number) as number });
    const early = await backend({ open: false });
    await expect(early.live.check(early.port)).rejects.toThrow("websocket not initialised yet");
    await expect(live.check(1)).rejects.toThrow("websocket at 127.0.0.1:1: connection refused");
  });

  test("closing the server says goodbye and does not hang on open connections", async () => {
    const { server, connect } = await backend();
    const socket = connect();
    await once(socket, "open");
    const [closed] = await Promise.all([once(socket, "close"), server.close()]);
    expect(closed[0]).toBe(1001);
  });

  test("a caller learns why it was not answered", async () => {
    const { port } = await backend();
    const call = { token: "good", send: { type: "dance" }, answer: "pong" };
    await expect(callWebSocket("backend", `ws://127.0.0.1:${port}/ws`, call)).rejects.toThrow(
      "the one message understood here is ping",
    );
    await expect(
      callWebSocket("backend", `ws://127.0.0.1:${port}/ws`, { ...call, token: "forged" }),
    ).rejects.toThrow(`backend at 127.0.0.1:${port}: Unexpected server response: 401`);
  });
});
