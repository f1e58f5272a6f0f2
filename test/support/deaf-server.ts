import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { systemClock } from "../../lib/core/clock.ts";

const program = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: process.argv[1], backlog: 1 }, () => console.log(server.address().port));
`;

/**
 * A port of the loopback interface on which connecting neither succeeds nor fails: its server is stopped, and
 * the few places that the kernel keeps for it are taken.
 */
export async function deafServer(
  host = "127.0.0.1",
): Promise<{ host: string; port: number } & AsyncDisposable> {
  const child = spawn(process.execPath, ["-e", program, host], { stdio: ["ignore", "pipe", "inherit"] });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const address = { host, port: Number(chunk.toString("utf8")) };
  child.kill("SIGSTOP");
  const guests: Socket[] = [];
  do {
    const guest = connect(address.port, address.host);
    guest.on("error", () => {});
    guests.push(guest);
    await systemClock.sleep(100);
  } while (!guests.at(-1)?.connecting && guests.length < 20);
  return {
    ...address,
    [Symbol.asyncDispose]: async () => {
      for (const guest of guests) guest.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
