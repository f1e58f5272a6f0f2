import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { AnswerError } from "../network-cause.ts";

/** What is done with a socket that an attempt's work has made. */
const ofAttempt = new AsyncLocalStorage<(socket: Socket) => void>();

channel("net.client.socket").subscribe((message) => {
  ofAttempt.getStore()?.((message as { readonly socket: Socket }).socket);
});

/**
 * Runs what makes connections, and hands over each socket as it is made. The client library keeps its sockets to itself, and
 * leaves one whose server does not greet to its own timeout, even when it is closed.
 */
export function withSockets<T>(made: (socket: Socket) => void, work: () => T): T {
  return ofAttempt.run((socket) => {
    socket.once("data", (data: Buffer) => {
      if (!isMongodb(data)) socket.destroy(new AnswerError("answered, but not as MongoDB does"));
    });
    made(socket);
  }, work);
}

const longestMessage = 48_000_000;
const opReply = 1;
const opMsg = 2013;

/** A message of its wire protocol: its length, two ids, and what it is. */
function isMongodb(data: Buffer): boolean {
  if (data.length < 16) return data.length < 4 || data.readUInt32LE(0) <= longestMessage;
  return data.readUInt32LE(0) <= longestMessage && [opReply, opMsg].includes(data.readInt32LE(12));
}
