import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 50;

/**
 * Waits until a service says of itself that it is ready, probed from outside over its published port: the same
 * question, by the same observer, whoever has started it.
 */
export async function trulyReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (await saysReady(url)) return;
    await sleep(everyMs, undefined, { signal });
  }
}

async function saysReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(2000),
      headers: { connection: "close" },
    });
    const body: unknown = await response.json();
    return response.ok && typeof body === "object" && body !== null && "ready" in body && body.ready === true;
  } catch {
    return false;
  }
}
