import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { untilListening } from "../../../../lib/coordinator/control/until-listening.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

function socketPath(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return join(folder.path, "control.sock");
}

async function listenAt(path: string): Promise<void> {
  const server = createServer((connection) => connection.end("here"));
  onTestFinished(() => void server.close());
  await once(server.listen(path), "listening");
}

async function connects(path: string, withinMs: number): Promise<void> {
  const socket = await untilListening(path, withinMs);
  expect(String((await once(socket, "data"))[0])).toBe("here");
  socket.destroy();
}

test("a coordinator that listens is connected to at once", async () => {
  const path = socketPath();
  await listenAt(path);
  await connects(path, 0);
});

test("one that does not listen yet is waited for", async () => {
  const path = socketPath();
  const connected = connects(path, 30_000);
  await sleep(100);
  await listenAt(path);
  await connected;
});

test("the socket that a killed one has left is no coordinator", async () => {
  const path = socketPath();
  const killed = spawn(process.execPath, [
    "-e",
    `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
  ]);
  await once(killed, "exit");
  await expect(untilListening(path, 0)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  const connected = connects(path, 30_000);
  await rm(path);
  await listenAt(path);
  await connected;
});

test("one that never listens is given up in time", async () => {
  await expect(untilListening(socketPath(), 100)).rejects.toMatchObject({ code: "ENOENT" });
});

test("what waiting does not mend is reported at once", async () => {
  await expect(untilListening(join(import.meta.filename, "control.sock"), 30_000)).rejects.toMatchObject({
    code: "ENOTDIR",
  });
});
