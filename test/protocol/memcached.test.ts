import { describe, expect, test } from "vitest";
import { memcached } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { answer, halfClose, hang, listen, reset } from "../support/loopback.ts";

async function against(behave: Parameters<typeof listen>[0], timeout: "5s" | "1s" = "5s"): Promise<string> {
  await using server = await listen(behave);
  const probe = memcached({ port: server.port, timeout });
  const outcome = reportOf(await attempt(probe, undefined, {}, server.host), server);
  expect(await nothingOpen(server)).toBe(true);
  return outcome;
}

describe("a memcached probe and a server that", () => {
  test("answers", async () => {
    expect(await against(answer("VERSION 1.6.18\r\n"))).toBe("passed");
  });

  test("says nothing, closes, or resets", async () => {
    expect(await against(hang, "1s")).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the answer",
    );
    const closed = "failed, reset: connection closed by server:1 while waiting for the answer";
    expect(await against(halfClose)).toBe(closed);
    expect(await against(reset)).toBe(closed);
  });

  test("speaks another protocol, or has an error", async () => {
    expect(await against(answer("-ERR unknown command\r\n"))).toBe(
      "failed, protocol: server:1 answered, but not as memcached does",
    );
    expect(await against(answer("SERVER_ERROR out of memory s3cr3t/pässword\r\n"))).toBe(
      "failed, server: server:1 answered: SERVER_ERROR out of memory [secret]",
    );
  });

  test("sends without end", async () => {
    const endless = "x".repeat(2 * 1024 * 1024);
    expect(await against(answer(endless))).toBe(
      "failed, protocol: server:1 answered with a message that is too long",
    );
  });
});
