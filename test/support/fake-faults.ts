import type { Random } from "../../lib/core/clock.ts";
import type { PlatformEvent } from "../../lib/supervision/platform.ts";

/** A call that has come to the platform. */
export interface FakeCall {
  readonly name: "observe" | "list" | "start" | "restart" | "stop" | "logs" | "past";
  /** Empty with `list` and `past`. */
  readonly workload: string;
}

/** What goes wrong with a call. */
export type CallFault =
  /** It is not heard, and ends when its signal aborts. */
  | { readonly kind: "hang" }
  /** The platform says no. */
  | { readonly kind: "refuse"; readonly text: string }
  /** The platform cannot be reached. */
  | { readonly kind: "unreachable" }
  /** It is answered or done at once, and the answer comes this much later: what was true then. */
  | { readonly kind: "late"; readonly ms: number }
  /** It is answered or done this much later. */
  | { readonly kind: "slow"; readonly ms: number }
  /** It is done, and the connection breaks before the answer. */
  | { readonly kind: "lost" };

/** What goes wrong with an event on its way. */
export type EventFault =
  | { readonly kind: "drop" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "repeat"; readonly times: number };

export interface Faults {
  /** Asked about each call. */
  call: ((call: FakeCall) => CallFault | undefined) | undefined;
  /** Asked about each event, once for each stream. */
  event: ((event: PlatformEvent) => EventFault | undefined) | undefined;
}

/** Faults by chance: of calls and of events this share each, of any kind. */
export function randomFaults(
  random: Random,
  { calls, events }: { readonly calls: number; readonly events: number },
): Faults {
  const ms = () => Math.floor(random() * 5000);
  const oneOf = <T>(kinds: readonly T[]): T | undefined => kinds[Math.floor(random() * kinds.length)];
  return {
    call: () =>
      random() < calls
        ? oneOf<CallFault>([
            { kind: "hang" },
            { kind: "unreachable" },
            { kind: "late", ms: ms() },
            { kind: "slow", ms: ms() },
            { kind: "lost" },
          ])
        : undefined,
    event: () =>
      random() < events
        ? oneOf<EventFault>([{ kind: "drop" }, { kind: "delay", ms: ms() }, { kind: "repeat", times: 2 }])
        : undefined,
  };
}
