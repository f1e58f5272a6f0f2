import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { networkCause } from "../network-cause.ts";
import { failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";

/** Opens a TCP connection and closes it. */
export const tcp: Attempt<"tcp"> = async ({ port }, { host }, context) => {
  context.step("connecting");
  const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
  const socket = attemptSocket(resolve);
  socket.once("error", reject);
  const stop = () => socket.destroy(new Error("the attempt was stopped"));
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    socket.connect(port, host);
    await connected;
    return passed;
  } catch (error) {
    const cause = networkCause(error, addressOf({ host, port }), context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  } finally {
    context.signal.removeEventListener("abort", stop);
    socket.destroy();
  }
};
