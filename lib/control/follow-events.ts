import type { Clock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { Params } from "../model/control.ts";
import type { HoldChange } from "../model/control-answers.ts";
import type { Transition } from "../model/transition.ts";
import type { RunningStack } from "./running-stack.ts";

/** What is followed, and who hears of it. */
export interface Following {
  /** Connects to the stack's coordinator, the first time and after each loss. @throws PhasegateError when it cannot be reached */
  connect(): Promise<RunningStack>;
  /** How many of the last transitions come first. */
  readonly last: number;
  /** One service only. */
  readonly service?: string | undefined;
  /** A connection stands, `again` after one that was lost; what happens from now on follows. */
  onConnected(stack: RunningStack, again: boolean): Promise<void> | void;
  /** Each transition once, in order. */
  onTransition(transition: Transition): void;
  onHold(change: HoldChange): void;
  /** The coordinator cannot be reached; it is tried again until it can be. */
  onLost(error: PhasegateError): void;
  readonly clock: Clock;
}

/** How long is waited before a connection is tried again, at first and at most. */
const [firstWaitMs, longestWaitMs] = [250, 5000];

/** The errors of a coordinator that may come back. */
const passing = new Set<string>([
  "PHASEGATE_COORDINATOR_UNREACHABLE",
  "PHASEGATE_ENGINE_UNREACHABLE",
  "PHASEGATE_STACK_UNKNOWN",
]);

/**
 * Follows a stack's transitions until the signal aborts. A coordinator that is lost is connected to again, and what happened meanwhile
 * follows: nothing is lost and nothing repeated.
 * @throws PhasegateError when the first connection fails, or a request is refused
 */
export async function followEvents(following: Following, signal: AbortSignal): Promise<void> {
  const { connect, onConnected, onLost, clock } = following;
  let known: Known | undefined;
  let waitMs = firstWaitMs;
  let lost = false;
  while (!signal.aborted) {
    try {
      const stack = await untilAborted(connect(), signal, ({ coordinator }) => coordinator.close());
      if (stack === undefined) return;
      const close = () => stack.coordinator.close();
      signal.addEventListener("abort", close);
      try {
        known = known === undefined ? await firstLook(stack, following) : await lookAgain(stack, known);
        await onConnected(stack, lost);
        [lost, waitMs] = [false, firstWaitMs];
        await follow(stack, following, known);
      } finally {
        signal.removeEventListener("abort", close);
        close();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (known === undefined || !(error instanceof PhasegateError) || !passing.has(error.code)) throw error;
      if (!lost) onLost(error);
      lost = true;
      await clock.sleep(waitMs, signal);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    }
  }
}

/** What has been handed over. It changes as more is. */
interface Known {
  /** The number after which the coordinator is asked. */
  after: number;
  /** The last transition that was handed over, or was there when following began. */
  seq: number;
  atMs: number;
}

async function firstLook(
  { coordinator }: RunningStack,
  { last, service, onTransition }: Following,
): Promise<Known> {
  const params = { last, follow: false, ...(service !== undefined && { service }) };
  const { lastSeq, lastAtMs } = await coordinator.call(
    "events",
    params,
    (event) => "seq" in event && onTransition(event),
  );
  return { after: lastSeq, seq: lastSeq, atMs: lastAtMs };
}

async function lookAgain({ coordinator }: RunningStack, { seq, atMs }: Known): Promise<Known> {
  const { lastSeq } = await coordinator.call("events", { last: 0, follow: false });
  // One that has lost its history counts from the beginning: what is new is told by its time.
  return { after: lastSeq < seq ? 0 : seq, seq, atMs };
}

async function follow(
  { coordinator }: RunningStack,
  { service, onTransition, onHold }: Following,
  known: Known,
): Promise<void> {
  const { after } = known;
  const params: Params<"events"> = {
    last: 0,
    after,
    follow: true,
    ...(service !== undefined && { service }),
  };
  await coordinator.call("events", params, (event) => {
    if (!("seq" in event)) return onHold(event);
    const { seq, atMs } = event;
    if (seq <= known.seq && atMs <= known.atMs) return;
    [known.seq, known.atMs] = [seq, atMs];
    onTransition(event);
  });
}

/** What a promise gives; undefined as soon as the signal aborts, and what it gives later is let go of. */
async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  letGo: (value: T) => void,
): Promise<T | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: over.signal });
  });
  const value = await Promise.race([promise, aborted]).finally(() => over.abort());
  if (value === undefined) promise.then(letGo, () => undefined);
  return value;
}
