import type { Clock } from "../../core/clock.ts";
import type { History } from "../../history/history.ts";
import type { Params } from "../../model/control.ts";
import type { Followed, HoldChange } from "../../model/control-answers.ts";
import type { Transition } from "../../model/transition.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";
import { lastTransitions, nextTransitions } from "../observers/past-transitions.ts";
import { instancesNamed } from "../../supervision/command-order.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Hold } from "./hold.ts";
import { requireServices } from "./unknown-service.ts";

/** What is followed. */
export interface FollowDependencies {
  readonly supervisor: Supervisor;
  readonly stream: TransitionStream;
  readonly history: History;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly stack: string | undefined;
}

/** Takes an event. Returns false where the client does not read, and it is to be sent again later. */
export type Send = (event: Transition | HoldChange) => boolean | void;

/** How long a client that does not read is left to itself. */
const unreadMs = 100;

/**
 * Sends transitions, and where it follows, each further one as it comes, until the client has gone: each once, in order.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN when there is no such service, and never was
 */
export async function followTransitions(
  { supervisor, stream, history, hold, clock, stack }: FollowDependencies,
  { last, after, follow, service }: Params<"events">,
  send: Send,
  signal: AbortSignal,
): Promise<Followed> {
  const from = { stream, history };
  // While it is followed, instances may come and go.
  const named = () => (service === undefined ? undefined : instancesNamed(supervisor.records(), [service]));
  const services = named();
  // One that has left the declaration still has a past.
  if (services !== undefined && lastTransitions(from, { last: 1, services }).length === 0)
    requireServices(supervisor, services, stack);
  const ready = async (event: Transition | HoldChange): Promise<void> => {
    while (send(event) === false && !signal.aborted) await clock.sleep(unreadMs, signal);
  };
  let sent = after ?? stream.lastSeq();
  const before = after === undefined ? lastTransitions(from, { last, services }) : [];
  for (const transition of before) await ready(transition);
  let known = hold.current();
  while (!signal.aborted) {
    const next = nextTransitions(from, sent);
    const own = next.length > 0 ? named() : undefined;
    for (const transition of next) {
      if (signal.aborted) break;
      if (own === undefined || own.includes(transition.service)) await ready(transition);
      sent = transition.seq;
    }
    if (next.length > 0) continue;
    if (!follow) break;
    if (hold.current() !== known) {
      known = hold.current();
      await ready({ atMs: clock.now(), held: known });
      continue;
    }
    await either(stream.changed.next, hold.changed.next, signal);
  }
  const [newest] = lastTransitions(from, { last: 1 });
  return { lastSeq: stream.lastSeq(), lastAtMs: newest?.atMs ?? 0 };
}

type Wait = (signal: AbortSignal) => Promise<void>;

/** Waits for the first of two, and leaves the other. */
async function either(one: Wait, other: Wait, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  await Promise.race([one(both), other(both)]);
  over.abort();
}
