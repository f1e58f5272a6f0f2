import { expect, test } from "vitest";
import { tcp } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { closedPort, halfClose, hang, listen } from "../support/loopback.ts";

test.each([
  ["says nothing", hang],
  ["closes at once", halfClose],
])("a TCP probe passes where something accepts, even if it %s", async (_name, behave) => {
  await using server = await listen(behave);
  expect(reportOf(await attempt(tcp(server.port)), server)).toBe("passed");
  expect(await nothingOpen(server)).toBe(true);
});

test("a TCP probe of a port that nothing listens on", async () => {
  const port = await closedPort();
  expect(reportOf(await attempt(tcp(port)), { host: "127.0.0.1", port })).toBe(
    "failed, refused: connection refused by server:1",
  );
});
