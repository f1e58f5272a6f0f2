import { connect } from "node:net";
import type { Clock } from "../../core/clock.ts";
import { within } from "../within.ts";

/** The code of a CancelRequest, "Message Formats" in PostgreSQL's documentation of its protocol. */
const cancelRequestCode = 80_877_102;

/**
 * Asks a PostgreSQL server to end the statement that a session is running. The request goes over a
 * connection of its own, which the server closes once it has passed the request on; whether it did, it does
 * not say. Returns after `ms` at the latest; a request that is on its way by then still arrives.
 */
export async function cancelOnServer(
  { host, port }: { readonly host: string; readonly port: number },
  processId: number,
  secretKey: number,
  ms: number,
  clock: Clock,
): Promise<void> {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(cancelRequestCode, 4);
  request.writeInt32BE(processId, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = connect(port, host);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // A server that cannot be reached any more has nothing left to cancel.
  socket.on("error", () => {});
  socket.resume();
  socket.end(request);
  await within(closed, ms, clock);
  socket.destroy();
}
