import { createSocket } from "node:dgram";
import { once } from "node:events";
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

test("the process that takes datagrams is named where UDP is meant", async () => {
  const socket = createSocket("udp4").bind({ address: "127.0.0.1", exclusive: true });
  await once(socket, "listening");
  const { port } = socket.address();
  const known = process.platform === "linux";
  expect(await listeningProcess(port, "udp")).toEqual(
    known ? expect.stringMatching(new RegExp(`^.+ \\(pid ${process.pid}\\)$`)) : undefined,
  );
  socket.close();
});

test("of a port on which nobody listens there is nothing to say", async () => {
  expect(await listeningProcess(await closedPort())).toBeUndefined();
});
