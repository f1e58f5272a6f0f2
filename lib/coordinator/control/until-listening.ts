import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const betweenMs = 20;

/** There is no socket yet, or it is one that a process has left when it was killed. */
const nobodyListens: ReadonlySet<string | undefined> = new Set(["ENOENT", "ECONNREFUSED"]);

/**
 * Connects to a Unix socket, half open, as soon as a server listens there.
 * @param withinMs how long that may take, in milliseconds; 0 tries once
 * @throws NodeJS.ErrnoException the last attempt's error
 */
export async function untilListening(path: string, withinMs: number): Promise<Socket> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const socket = connect({ path, allowHalfOpen: true });
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!nobodyListens.has(code) || performance.now() >= endMs) throw error;
    }
    await sleep(betweenMs);
  }
}
