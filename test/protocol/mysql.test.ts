import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { connections, sql } from "../../lib/model/probes.ts";
import { against, againstNobody } from "../support/attempt.ts";
import { halfClose, hang, reset } from "../support/loopback.ts";

const at = (address: { host: string; port: number }): EndpointOf<"mysql"> => ({
  protocol: "mysql",
  ...{ host: address.host, port: address.port },
  user: "netra",
  database: "netra",
  password: [{ secret: "password" }],
});

const select = sql("SELECT 1");
const quick = sql("SELECT 1", { timeout: "1s" });

/** A packet of the protocol: its length, its number, its payload. */
function packet(number: number, ...payload: (string | number | readonly number[])[]): Buffer {
  const parts = payload.map((part) =>
    typeof part === "string" ? Buffer.from(part) : Buffer.from(typeof part === "number" ? [part] : part),
  );
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  header[3] = number;
  return Buffer.concat([header, body]);
}

const errorPacket = (number: number, errno: number, state: string, text: string) =>
  packet(number, 0xff, [errno & 0xff, errno >> 8], `#${state}${text}`);

/** The greeting of a server of version 8 that wants mysql_native_password. */
const greeting = packet(
  0,
  ...[10, "8.0.40\0", [9, 0, 0, 0], "12345678\0"],
  ...[[0xff, 0xf7], 45, [2, 0], [0xff, 0x81], 21, Array<number>(10).fill(0)],
  ...["123456789012\0", "mysql_native_password\0"],
);

/** Greets, and answers what the client says first. */
const greets =
  (answer: Buffer) =>
  (socket: Socket): void => {
    socket.write(greeting);
    socket.once("data", () => socket.write(answer));
  };

describe("a MySQL probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(select, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("wants TLS, and is asked in plain text", async () => {
    const text = "Connections using insecure transport are prohibited while --require_secure_transport=ON.";
    expect(await against(greets(errorPacket(2, 3159, "HY000", text)), select, at)).toBe(
      `failed, protocol, permanent: server:1 answered: ${text} (where it wants TLS, the service says tls)`,
    );
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while logging in",
    );
    expect(await against(hang, connections(3, { timeout: "1s" }), at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while opening 3 connections, with 0 open",
    );
  });

  test("closes the connection, or resets it", async () => {
    expect(await against(halfClose, select, at)).toBe(
      "failed, reset: connection closed by server:1 while logging in",
    );
    const resets = (socket: Socket) => {
      socket.write(greeting);
      reset(socket);
    };
    expect(await against(resets, select, at)).toBe(
      "failed, reset: connection closed by server:1 while logging in",
    );
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["SMTP", "220 mail ESMTP\r\n"],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against((socket) => void socket.resume().write(text), select, at)).toBe(
      "failed, protocol: server:1 answered, but not as MySQL does",
    );
  });

  test("sends nonsense after its greeting", async () => {
    expect(await against(greets(packet(2, [0xfe, 0, 0xff, 0xff])), select, at)).toMatch(
      /^failed, protocol: server:1 /,
    );
  });

  test("has no place for another client, and says so instead of greeting", async () => {
    const full = packet(0, 0xff, [0x10, 0x04], "Too many connections");
    expect(await against((socket) => void socket.resume().write(full), select, at)).toBe(
      "failed, capacity: server:1 answered: Too many connections",
    );
  });

  test("does not accept the password", async () => {
    const denied = errorPacket(
      2,
      1045,
      "28000",
      "Access denied for user 'netra'@'10.0.0.5' (using password: YES)",
    );
    expect(await against(greets(denied), select, at)).toBe(
      "failed, authentication, permanent: server:1 answered: Access denied for user 'netra'@'10.0.0.5' (using password: YES)",
    );
  });

  test("answers with an error that quotes the password", async () => {
    const leak = errorPacket(
      2,
      1105,
      "HY000",
      "cannot parse mysql://netra:s3cr3t%2Fp%C3%A4ssword@db (s3cr3t/pässword)",
    );
    expect(await against(greets(leak), select, at)).toBe(
      "failed, server: server:1 answered: cannot parse mysql://netra:[secret]@db ([secret])",
    );
  });
});
