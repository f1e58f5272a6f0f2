import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { RawData, WebSocket } from "ws";
import { WebSocketServer } from "ws";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { webSocket } from "../../lib/model/probes.ts";
import { against, againstNobody, attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { answer, halfClose, hang, reset, watch } from "../support/loopback.ts";

const at = ({ host, port }: { host: string; port: number }): EndpointOf<"http"> => ({
  protocol: "http",
  host,
  port,
});

const probe = webSocket("/ws");
const quick = webSocket("/ws", { timeout: "1s" });
const pingPong = webSocket("/ws", { send: { type: "ping" }, expect: { type: "pong" } });
const quickPingPong = webSocket("/ws", {
  send: { type: "ping" },
  expect: { type: "pong" },
  timeout: "1s",
});

const text = (data: RawData) => (data as Buffer).toString("utf8");

/** Runs a probe against a WebSocket server that treats each connection so; plain requests go to `refuse`. */
async function conversing(probe: DeclaredProbe, converse: (peer: WebSocket) => void): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: "/ws" });
  sockets.on("connection", (peer) => {
    peer.on("error", () => {});
    converse(peer);
  });
  await using loopback = await watch(server);
  const outcome = await attempt(probe, at(loopback));
  expect(await nothingOpen(loopback)).toBe(true);
  return reportOf(outcome, loopback);
}

/** Runs a probe against an HTTP server that knows nothing of WebSockets. */
async function answering(probe: DeclaredProbe, respond: RequestListener): Promise<string> {
  await using loopback = await watch(createServer(respond));
  const outcome = await attempt(probe, at(loopback));
  expect(await nothingOpen(loopback)).toBe(true);
  return reportOf(outcome, loopback);
}

describe("a WebSocket probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the WebSocket handshake",
    );
  });

  test("closes its half of the connection", async () => {
    expect(await against(halfClose, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the WebSocket handshake",
    );
  });

  test("resets the connection", async () => {
    expect(await against(reset, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the WebSocket handshake",
    );
  });

  test.each([
    ["Redis", "-ERR unknown command\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 answered, but not in HTTP",
    );
  });

  test("says that it upgrades, and does not mean it", async () => {
    const text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: nonsense\r\n\r\n";
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 does not keep to the WebSocket protocol: Invalid Sec-WebSocket-Accept header",
    );
  });

  test("is a plain HTTP server", async () => {
    const reported = await answering(probe, (_request, response) =>
      response.writeHead(404).end("no such page"),
    );
    expect(reported).toBe(
      "failed, status: server:1 answered the WebSocket handshake on /ws with 404, expected 101; the body begins: no such page",
    );
  });

  test("wants to know who asks, and quotes the answer", async () => {
    const probe = webSocket("/ws", { headers: { Authorization: ["Bearer ", { secret: "wrong" }] } });
    const reported = await answering(probe, (request, response) =>
      response.writeHead(401).end(request.headers.authorization),
    );
    expect(reported).toBe(
      "failed, status: server:1 answered the WebSocket handshake on /ws with 401, expected 101; the body begins: Bearer [secret]",
    );
  });

  test("refuses the request as it is sent, or wants it over TLS", async () => {
    expect(await answering(probe, (_request, response) => response.writeHead(400).end("Invalid Host"))).toBe(
      "failed, request: server:1 answered the WebSocket handshake on /ws with 400, expected 101; the body begins: Invalid Host",
    );
    const location = "https://shop.example.com/ws";
    expect(await answering(probe, (_request, response) => response.writeHead(301, { location }).end())).toBe(
      "failed, https, permanent: server:1 answered the WebSocket handshake on /ws with 301, expected 101",
    );
  });

  test("sends bytes that are not UTF-8 where JSON, or a text, is expected", async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xe4, 0x22, 0x7d]);
    for (const expected of [{ a: "\u{fffd}" }, '{"a":"\u{fffd}"}']) {
      const probe = webSocket("/ws", { expect: expected, timeout: "1s" });
      expect(await conversing(probe, (socket) => socket.send(bytes))).toBe(
        'failed, timeout: no message from server:1 matched within 1s; the one message did not: it is not UTF-8: {"a":"\u{fffd}"}',
      );
    }
  });

  test("opens, which is enough where no message is asked for", async () => {
    expect(await conversing(webSocket("/ws"), () => {})).toBe("passed");
  });

  test("takes a message that wants no answer", async () => {
    const received: string[] = [];
    const reported = await conversing(webSocket("/ws", { send: "hello" }), (peer) =>
      peer.on("message", (data) => received.push(text(data))),
    );
    expect(reported).toBe("passed");
    expect(received).toEqual(["hello"]);
  });

  test("answers the message", async () => {
    const reported = await conversing(pingPong, (peer) => {
      peer.on("message", (data) => {
        if (text(data) === '{"type":"ping"}') peer.send('{"type":"pong","at":1}');
      });
    });
    expect(reported).toBe("passed");
  });

  test("greets first, and answers then", async () => {
    const reported = await conversing(pingPong, (peer) => {
      peer.send("welcome");
      peer.send('{"type":"news"}');
      peer.on("message", () => peer.send('{"type":"pong"}'));
    });
    expect(reported).toBe("passed");
  });

  test("answers with a text that is expected exactly", async () => {
    expect(await conversing(webSocket("/ws", { expect: "welcome" }), (peer) => peer.send("welcome"))).toBe(
      "passed",
    );
    expect(
      await conversing(webSocket("/ws", { expect: "welcome", timeout: "1s" }), (peer) =>
        peer.send("go away"),
      ),
    ).toBe(
      "failed, timeout: no message from server:1 matched within 1s; the one message did not: it is go away, expected welcome",
    );
  });

  test("does not answer the message", async () => {
    expect(await conversing(quickPingPong, () => {})).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the expected message",
    );
  });

  test("answers with something else, and with a secret in it", async () => {
    const reported = await conversing(quickPingPong, (peer) => {
      peer.send("welcome");
      peer.send('{"type":"s3cr3t/pässword"}');
    });
    expect(reported).toBe(
      'failed, timeout: no message from server:1 matched within 1s; the last of 2 messages did not: type is "[secret]", expected "pong"',
    );
  });

  test("closes before the answer, and says why", async () => {
    expect(await conversing(pingPong, (peer) => peer.close(1011, "no agents"))).toBe(
      "failed, reset: server:1 closed the WebSocket with code 1011 (no agents) while waiting for the expected message",
    );
  });

  test("sends a message that is too long", async () => {
    expect(await conversing(pingPong, (peer) => peer.send("x".repeat(1024 * 1024 + 1)))).toBe(
      "failed, protocol: server:1 does not keep to the WebSocket protocol: Max payload size exceeded",
    );
  });

  test("never says goodbye: the attempt has passed all the same", async () => {
    const reported = await conversing(webSocket("/ws", { expect: "hello" }), (peer) => {
      peer.send("hello");
      peer.pause();
      // Only after the prober has given up waiting, so that it is seen to have gone.
      setTimeout(() => peer.resume(), 600);
    });
    expect(reported).toBe("passed");
  });
});
