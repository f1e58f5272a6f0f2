import type { History } from "../../history/history.ts";
import type { Params } from "../../model/control.ts";
import type { Followed } from "../../model/control-answers.ts";
import type { Transition } from "../../model/transition.ts";
import type { TransitionStream } from "../observers/transition-stream.ts";

/** Sends the last transitions, and where it follows, each further one as it comes, until the client has gone. */
export async function followTransitions(
  stream: TransitionStream,
  history: History,
  { last, after, follow, service }: Params<"events">,
  onEvent: (transition: Transition) => void,
  signal: AbortSignal,
): Promise<Followed> {
  const wanted = (transition: Transition) => service === undefined || transition.service === service;
  let sent = after ?? 0;
  const { records } = history.transitions({ last, afterSeq: after, service });
  for (const transition of records.toReversed()) {
    sent = Math.max(sent, transition.seq);
    onEvent(transition);
  }
  while (follow && !signal.aborted) {
    for (const transition of stream.since(sent)) {
      sent = transition.seq;
      if (wanted(transition)) onEvent(transition);
    }
    await stream.changed.next(signal);
  }
  return { lastSeq: stream.lastSeq() };
}
