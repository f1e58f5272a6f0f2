import { afterEach, expect, test } from "vitest";
import type { ServiceActor } from "../../../../lib/coordinator/supervisor/service-actor.ts";
import { serviceActor } from "../../../../lib/coordinator/supervisor/service-actor.ts";
import type { ServiceEvent } from "../../../../lib/supervision/service-event.ts";
import { newRecord } from "../../../../lib/supervision/service-record.ts";
import { desiredService } from "../../../support/desired.ts";
import { fakeClock, settle } from "../../../support/fake-clock.ts";
import { passed } from "../../../support/outcomes.ts";

let actor: ServiceActor;
afterEach(() => actor.close());

/** An actor whose service has just been applied, and what it does, in order. */
function applied(answer: (order: string, signal: AbortSignal) => Promise<void> = async () => undefined) {
  const done: string[] = [];
  const clock = fakeClock();
  actor = serviceActor(newRecord(desiredService("redis"), 1, {}, clock.now()), {
    clock,
    perform: async ({ order }, _desired, signal) => {
      done.push(order);
      await answer(order, signal);
      return { error: undefined, shown: undefined };
    },
    look: () => undefined,
    probe: () => undefined,
    tryNow: () => undefined,
    tryAll: () => undefined,
    waits: () => false,
    keep: ({ state }, waits) => void done.push(`${state.name} ${waits ? "is on the disk" : "is written"}`),
    onChange: () => undefined,
    log: () => undefined,
  });
  const seen = (look: number): ServiceEvent => ({
    ...{ type: "seen", look },
    seen: {
      ...{ name: "redis", createdMs: 0, startedMs: 5, running: true, exitCode: 0, outOfMemory: false },
      ...{ health: undefined, healthyMs: undefined, startError: "", altered: [] },
    },
  });
  return { seen, since: () => done.splice(0) };
}

/** The key of the probing that is under way. */
const keyOf = () => {
  const { desired, generation, state } = actor.record();
  return `${desired.specHash} ${generation} ${desired.verification} ${state.sinceMs}`;
};

test("what an up was answered, and what is about to be ordered, is on the disk before", async () => {
  const { seen, since } = applied();
  expect(since()).toEqual(["pending is on the disk"]);
  actor.send(seen(1));
  expect(since()).toEqual(["starting is written"]);
  actor.send({ type: "attempted", key: keyOf(), probe: "first", outcome: passed, beganMs: 0 });
  expect(since()).toEqual(["ready is written"]);
  const cause = { kind: "operator", text: "restarted" } as const;
  actor.send({ type: "begin", action: "restart", cause, needed: {} });
  await settle();
  expect(since().slice(0, 2)).toEqual(["restarting is on the disk", "restart"]);
});

test("what somebody has stopped is on the disk, so that it is respected after a power cut, too", () => {
  const { seen, since } = applied();
  actor.send(seen(1));
  since();
  actor.send({ type: "ordered" });
  expect(since()).toEqual(["starting is on the disk"]);
  actor.send({ type: "seen", look: 2, seen: "gone" });
  expect(since()).toEqual(["stopped is on the disk"]);
});

test("what is seen again after a start of the coordinator is not written", () => {
  const { seen, since } = applied();
  actor.send(seen(1));
  actor.send({ type: "attempted", key: keyOf(), probe: "first", outcome: passed, beganMs: 0 });
  since();
  const before = actor.record();
  actor.send(seen(2));
  actor.send({ type: "dependencies", down: undefined, excused: true });
  expect(actor.record()).toMatchObject({ look: 2, excused: true, state: before.state });
  expect(since()).toEqual([]);
});

test("a newer order gives up the one before, and is not given until the platform has let go of that", async () => {
  const letGo: (() => void)[] = [];
  const givenUp: boolean[] = [];
  const { seen, since } = applied(
    (_order, signal) =>
      new Promise((resolve) => {
        const n = letGo.push(resolve) - 1;
        givenUp[n] = false;
        signal.addEventListener("abort", () => (givenUp[n] = true));
      }),
  );
  actor.send(seen(1));
  const cause = { kind: "operator", text: "restarted" } as const;
  const orders = () => since().filter((line) => line === "restart" || line === "stop");
  actor.send({ type: "begin", action: "restart", cause, needed: {} });
  await settle();
  expect(orders()).toEqual(["restart"]);
  actor.send({ type: "stop", cause });
  await settle();
  expect(givenUp).toEqual([true]);
  expect(orders()).toEqual([]);
  letGo[0]?.();
  await settle();
  expect(orders()).toEqual(["stop"]);
  // What came of the one that was given up is not taken for an answer to this one.
  expect(actor.record().act?.order).toBe("stop");
  letGo[1]?.();
  await settle();
  expect(actor.record()).toMatchObject({ act: undefined, state: { name: "stopped" } });
});
