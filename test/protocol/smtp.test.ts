import type { Socket } from "node:net";
import { SMTPServer } from "smtp-server";
import { describe, expect, test } from "vitest";
import { smtp } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import type { Loopback } from "../support/loopback.ts";
import { answer, halfClose, hang, listen, watch } from "../support/loopback.ts";

async function probed(server: Loopback, startTls = false, timeout: "5s" | "1s" = "5s"): Promise<string> {
  const probe = smtp({ port: server.port, startTls, timeout });
  const outcome = reportOf(await attempt(probe, undefined, {}, server.host), server);
  expect(await nothingOpen(server)).toBe(true);
  return outcome;
}

async function against(behave: (socket: Socket) => void, timeout?: "1s"): Promise<string> {
  await using server = await listen(behave);
  return await probed(server, false, timeout);
}

const greets = (text: string) => (socket: Socket) => void socket.resume().write(text);

describe("a mail server of the library smtp-server", () => {
  test("greets, and goes on in TLS", async () => {
    // It has a certificate of its own.
    const mail = new SMTPServer({ authOptional: true, logger: false });
    mail.on("error", () => {});
    await using server = await watch(mail.server);
    expect(await probed(server)).toBe("passed");
    expect(await probed(server, true)).toBe("passed");
  });

  test("does not offer TLS", async () => {
    const mail = new SMTPServer({ authOptional: true, logger: false, hideSTARTTLS: true });
    await using server = await watch(mail.server);
    expect(await probed(server, true)).toBe("failed, tls: server:1 does not offer STARTTLS");
  });

  test("refuses this client", async () => {
    const mail = new SMTPServer({
      logger: false,
      onConnect: (_session, done) =>
        done(Object.assign(new Error("no service for s3cr3t/pässword"), { responseCode: 554 })),
    });
    await using server = await watch(mail.server);
    expect(await probed(server)).toBe("failed, server: server:1 answered with: 554 no service for [secret]");
  });
});

describe("an SMTP probe and a server that", () => {
  test("says nothing, or closes", async () => {
    expect(await against(hang, "1s")).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the greeting",
    );
    expect(await against(halfClose)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the greeting",
    );
  });

  test.each(["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n", "x", "2200 mail\r\n"])(
    "speaks another protocol: %s",
    async (text) => {
      expect(await against(greets(text))).toBe(
        "failed, protocol: server:1 answered, but not as a mail server does",
      );
    },
  );

  test("greets in many lines, and in pieces, and refuses EHLO", async () => {
    const piecewise = (socket: Socket) => {
      for (const byte of Buffer.from("220-first\r\n220-second\r\n220 last\r\n"))
        socket.write(Buffer.from([byte]));
      answer("502 5.5.1 what is that?\r\n")(socket);
    };
    expect(await against(piecewise)).toBe(
      "failed, server: server:1 answered EHLO with: 502 5.5.1 what is that?",
    );
  });

  test("has too many clients", async () => {
    expect(await against(greets("421 4.3.2 too many connections\r\n"))).toBe(
      "failed, capacity: server:1 answered with: 421 4.3.2 too many connections",
    );
  });
});
