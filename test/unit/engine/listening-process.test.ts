import { expect, test } from "vitest";
import { listeningProcess } from "../../../lib/engine/listening-process.ts";
import { closedPort, listen } from "../../support/loopback.ts";

test("the process that listens is named, with its number, where the system is Linux", async () => {
  await using server = await listen(() => undefined);
  const known = process.platform === "linux";
  expect(await listeningProcess(server.port)).toEqual(
    known ? expect.stringMatching(new RegExp(`^.+ \\(pid ${process.pid}\\)$`)) : undefined,
  );
});

test("of a port on which nobody listens there is nothing to say", async () => {
  expect(await listeningProcess(await closedPort())).toBeUndefined();
});
