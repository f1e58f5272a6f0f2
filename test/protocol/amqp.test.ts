import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { amqp, queue } from "../../lib/model/probes.ts";
import { longText, method, short, shortText, table } from "../../lib/probe/amqp/frames.ts";
import { against, againstNobody } from "../support/attempt.ts";
import { answer, halfClose, hang, reset } from "../support/loopback.ts";

const at = (address: { host: string; port: number }): EndpointOf<"amqp"> => ({
  protocol: "amqp",
  ...{ host: address.host, port: address.port },
  user: "netra",
  password: [{ secret: "password" }],
  vhost: "/",
});

const probe = amqp();
const quick = amqp({ timeout: "1s" });
const starts = method(0, "10.10", Buffer.from([0, 9]), table({}), longText("PLAIN"), longText("en_US"));
const closes = (code: number, text: string) =>
  method(0, "10.50", short(code), shortText(text), short(0), short(0));

/** Answers each of what the client sends with the next. */
const conversing =
  (...answers: readonly Buffer[]) =>
  (socket: Socket): void => {
    let next = 0;
    socket.on("data", () => {
      const reply = answers[next];
      next += 1;
      if (reply !== undefined) socket.write(reply);
    });
  };

describe("an AMQP probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing, also once it has begun", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the broker",
    );
    expect(await against(conversing(starts), quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while logging in",
    );
  });

  test("closes the connection, or resets it", async () => {
    const closed = "failed, reset: connection closed by server:1 while waiting for the broker";
    expect(await against(halfClose, probe, at)).toBe(closed);
    expect(await against(reset, probe, at)).toBe(closed);
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["another version of it", "AMQP\0\0\x09\x00"],
    ["a frame that is too long", Buffer.from([1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0])],
    ["a frame without its end", Buffer.from([1, 0, 0, 0, 0, 0, 1, 0, 0])],
    ["a method without its numbers", Buffer.concat([method(0, "10.50"), method(0, "10.50")])],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 answered, but not as AMQP 0-9-1 does",
    );
  });

  test("closes with words, in which the password stands", async () => {
    const leak = closes(541, "INTERNAL_ERROR - s3cr3t/pässword");
    expect(await against(conversing(starts, leak), queue("orders"), at)).toBe(
      "failed, server: server:1 answered: INTERNAL_ERROR - [secret]",
    );
  });

  test("answers in pieces, and beats its heart between", async () => {
    const heartbeat = Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce]);
    const slowly = (socket: Socket) =>
      void socket.once("data", () => {
        const whole = Buffer.concat([heartbeat, closes(320, "CONNECTION_FORCED - shutdown")]);
        for (const byte of whole) socket.write(Buffer.from([byte]));
      });
    expect(await against(slowly, amqp(), at)).toBe(
      "failed, server: server:1 answered: CONNECTION_FORCED - shutdown",
    );
  });
});
