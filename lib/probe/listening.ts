import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Clock } from "../core/clock.ts";

/** How long a connection may take to be refused or made: on a network of containers it takes no time. */
const answersWithinMs = 1000;

/**
 * Waits until something listens on a port where nothing does, by a connection every few milliseconds that is closed at once. That
 * costs a small part of an attempt: the name is resolved once, and nothing is sent. Whether the service works, an attempt must say.
 *
 * Resolves when a connection has been made, and when the signal aborts; where an address answers in another way than by refusing,
 * which no connection says more about, it waits for the signal. Never rejects.
 */
export async function untilListening(
  { host, port }: { readonly host: string; readonly port: number },
  everyMs: () => number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const found = await lookup(host).catch(() => undefined);
  while (found !== undefined && !signal.aborted) {
    const answer = await answerOf(found.address, port, signal);
    if (answer === "connected") return;
    if (answer !== "refused") break;
    await clock.sleep(everyMs(), signal);
  }
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function answerOf(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<"connected" | "refused" | "other"> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: "connected" | "refused" | "other") => {
      signal.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(answer);
    };
    const giveUp = () => end("other");
    signal.addEventListener("abort", giveUp);
    socket.setTimeout(answersWithinMs, giveUp);
    socket.once("connect", () => end("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "ECONNREFUSED" ? "refused" : "other"),
    );
  });
}
