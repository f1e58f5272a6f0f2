import type { Clock } from "../../core/clock.ts";
import { errorText } from "../../core/errors.ts";
import type { Effect, ServiceEvent } from "../../supervision/service-event.ts";
import { step } from "../../supervision/service-machine.ts";
import type { Act, Probing, ServiceRecord } from "../../supervision/service-record.ts";
import { probingOf, wakeAtMs } from "../../supervision/service-record.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";
import type { Log } from "../log.ts";

/** The one writer of a service's record. What comes is handled one at a time. */
export interface ServiceActor {
  record(): ServiceRecord;
  send(event: ServiceEvent): void;
  /** Whether a restart that is due has to wait may be another answer than before. */
  rearm(): void;
  close(): void;
}

/** What a service's actor works with. */
export interface ActorDependencies {
  readonly clock: Clock;
  /** Does what was ordered, and looks at what came of it. Returns why it could not be done; never rejects. Ends by the signal. */
  perform(act: Act, desired: DesiredService, signal: AbortSignal): Promise<Performed>;
  /** Looks at the workload soon. */
  look(): void;
  probe(probing: Probing, desired: DesiredService): void;
  /** Probes that do not pass are tried now. */
  tryNow(): void;
  /** Every probe is tried now. */
  tryAll(): void;
  /** Whether the restart that is to come waits, since the stack is left alone. */
  waits(record: ServiceRecord): boolean;
  /** Puts the record on the disk; returns when it is there, where `waits` says so. Never throws. */
  keep(record: ServiceRecord, waits: boolean): void;
  /** The record is another than before. */
  onChange(before: ServiceRecord, after: ServiceRecord): void;
  readonly log: Log;
}

/** What came of an order. */
export type Performed = Pick<Extract<ServiceEvent, { type: "acted" }>, "error" | "shown">;

/** An order that was given, and may not be done. */
interface Acting {
  readonly giveUp: AbortController;
  readonly done: Promise<void>;
}

export function serviceActor(initial: ServiceRecord, dependencies: ActorDependencies): ServiceActor {
  const { clock, perform, look, probe, tryNow, tryAll, waits, keep, onChange, log } = dependencies;
  const closed = new AbortController();
  const mailbox: ServiceEvent[] = [];
  let record = initial;
  let busy = false;
  let acting: Acting | undefined;
  let timer: { readonly atMs: number; readonly stop: AbortController } | undefined;

  const carryOut = (effect: Effect) => {
    switch (effect.type) {
      case "look":
        return look();
      case "tryNow":
        return tryNow();
      case "tryAll":
        return tryAll();
      case "act": {
        const giveUp = new AbortController();
        acting = { giveUp, done: act(effect.act, acting, giveUp) };
        return;
      }
    }
  };

  const act = async (ordered: Act, before: Acting | undefined, given: AbortController) => {
    // A newer order gives up the one before, and begins when that has let go of the workload: no run is ended twice.
    before?.giveUp.abort();
    await before?.done;
    // A platform that hangs does not keep the service: the machine wakes at the deadline, whatever becomes of this.
    const late = new AbortController();
    void clock.sleep(ordered.deadlineMs - clock.now(), late.signal).then(() => late.abort());
    const signal = AbortSignal.any([closed.signal, late.signal, given.signal]);
    const performed = await perform(ordered, record.desired, signal);
    late.abort();
    send({ type: "acted", act: ordered.id, ...performed });
  };

  const arm = () => {
    const atMs = waits(record) ? Infinity : wakeAtMs(record);
    if (timer?.atMs === atMs) return;
    timer?.stop.abort();
    timer = undefined;
    if (atMs === Infinity || closed.signal.aborted) return;
    const { signal } = (timer = { atMs, stop: new AbortController() }).stop;
    const own = timer;
    void clock.sleep(Math.max(0, atMs - clock.now()), signal).then(() => {
      if (signal.aborted) return;
      if (timer === own) timer = undefined;
      send({ type: "woken" });
    });
  };

  const handle = (event: ServiceEvent) => {
    const before = record;
    let effects: readonly Effect[] = [];
    try {
      ({ record, effects } = step(before, event, clock.now()));
    } catch (error) {
      log("defect", { service: before.desired.service, event: event.type, error: errorText(error) });
      record = defective(before, errorText(error), clock.now());
    }
    if (isWorthKeeping(before, record)) keep(record, isPromised(before, record));
    for (const effect of effects) carryOut(effect);
    probe(probingOf(record), record.desired);
    if (record !== before) onChange(before, record);
  };

  function send(event: ServiceEvent): void {
    if (closed.signal.aborted) return;
    mailbox.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = mailbox.shift(); next !== undefined; next = mailbox.shift()) handle(next);
    } finally {
      busy = false;
    }
    arm();
  }

  if (!record.resumed) keep(record, true);
  probe(probingOf(record), record.desired);
  arm();
  return {
    record: () => record,
    send,
    rearm: arm,
    close: () => {
      closed.abort();
      timer?.stop.abort();
      probe({ mode: "off" }, record.desired);
    },
  };
}

/** What only counts attempts, was seen, or follows from others is known again soon after a start of the coordinator. */
const knownAgain: ReadonlySet<string> = new Set<keyof ServiceRecord>([
  ...(["probes", "slowness", "seen", "look", "resumed", "down", "excused"] as const),
]);

function isWorthKeeping(before: ServiceRecord, after: ServiceRecord): boolean {
  return (Object.keys(after) as (keyof ServiceRecord)[]).some(
    (key) => before[key] !== after[key] && !knownAgain.has(key),
  );
}

/** Whether others rely on what has changed: what an `up` was answered, what is about to be ordered, and what somebody has stopped. */
function isPromised(before: ServiceRecord, after: ServiceRecord): boolean {
  const ordered = after.act !== before.act && after.act !== undefined;
  const stopped = after.state !== before.state && after.state.name === "stopped";
  const wished = after.desired !== before.desired || after.wanted !== before.wanted;
  return ordered || stopped || wished || after.orderedMs !== before.orderedMs;
}

function defective(record: ServiceRecord, text: string, nowMs: number): ServiceRecord {
  const cause = { kind: "defect", text: `a defect of the coordinator: ${text}` } as const;
  return {
    ...record,
    act: undefined,
    state: {
      name: "failed",
      reason: "permanent",
      exit: undefined,
      usedMs: 0,
      atMs: nowMs,
      cause,
      sinceMs: nowMs,
    },
  };
}
