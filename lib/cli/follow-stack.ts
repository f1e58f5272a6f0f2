import { systemClock } from "../core/clock.ts";
import type { Following } from "../control/follow-events.ts";
import { followEvents } from "../control/follow-events.ts";
import { connectStack, fullName } from "../control/running-stack.ts";
import { onInterrupt } from "./interrupted.ts";

/** Follows a stack until a Ctrl-C, which is its regular end. */
export async function followStack(
  stackName: string | undefined,
  following: Omit<Following, "connect" | "clock">,
): Promise<void> {
  const end = new AbortController();
  let name = stackName;
  const connect = async () => {
    const stack = await connectStack(name);
    // While it is away another may be the only one.
    name = fullName(stack);
    return stack;
  };
  await onInterrupt(
    () => end.abort(),
    () => followEvents({ ...following, connect, clock: systemClock }, end.signal),
  );
}
