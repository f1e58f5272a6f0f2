import { expect, test } from "vitest";
import type { FollowDependencies } from "../../../../lib/coordinator/control/follow-transitions.ts";
import { followTransitions } from "../../../../lib/coordinator/control/follow-transitions.ts";
import type { History } from "../../../../lib/history/history.ts";
import { noHistory } from "../../../../lib/history/history.ts";
import type { Transition } from "../../../../lib/model/transition.ts";
import { changes } from "../../../../lib/readiness/changes.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { transition } from "../../../support/transitions.ts";

/** A stream that remembers the transitions from a number on, with a history of all. */
function past({ all, from, history }: { all: Transition[]; from: number; history?: History }) {
  const changed = changes();
  const clock = fakeClock();
  const kept: History = history ?? {
    ...noHistory("the test has its own"),
    transitions: ({ last, afterSeq = 0, services, oldest }) => {
      const found = all.filter(
        (one) => one.seq > afterSeq && (services === undefined || services.includes(one.service)),
      );
      return { records: oldest ? found.slice(0, last) : found.slice(-last).toReversed(), cut: false };
    },
  };
  const stream = {
    note: () => undefined,
    since: (seq: number) => all.filter((one) => one.seq >= from && one.seq > seq),
    lastSeq: () => all.at(-1)?.seq ?? 0,
    changed,
    incidents: () => [],
  };
  const hold = { changed: changes(), current: () => undefined };
  const supervisor = {
    find: () => undefined,
    records: () => new Map([["redis", { desired: { service: "redis" } }]]),
  };
  return {
    clock,
    dependencies: {
      stream,
      history: kept,
      hold,
      supervisor,
      clock,
      stack: "dev",
    } as unknown as FollowDependencies,
    add: (one: Transition) => {
      all.push(one);
      changed.notify();
    },
  };
}

const many = (count: number, service = "redis") =>
  Array.from({ length: count }, (_, i) => transition(i + 1, service));
const seqs = (sent: readonly object[]) => sent.map((event) => ("seq" in event ? event.seq : "hold"));
const never = new AbortController().signal;

test("the last transitions are those of memory, and of the disk where that is not enough", async () => {
  const { dependencies } = past({ all: many(10), from: 8 });
  const lastOf = async (last: number) => {
    const sent: object[] = [];
    const { lastSeq } = await followTransitions(
      dependencies,
      { last, follow: false },
      (event) => void sent.push(event),
      never,
    );
    expect(lastSeq).toBe(10);
    return seqs(sent);
  };
  expect(await lastOf(0)).toEqual([]);
  expect(await lastOf(2)).toEqual([9, 10]);
  expect(await lastOf(5)).toEqual([6, 7, 8, 9, 10]);
});

test("all after a number are sent, however many and however old, and then each as it comes", async () => {
  const { dependencies, add, clock } = past({ all: many(1800), from: 1200 });
  const sent: object[] = [];
  const gone = new AbortController();
  const over = followTransitions(
    dependencies,
    { last: 0, after: 3, follow: true },
    (event) => void sent.push(event),
    gone.signal,
  );
  await clock.advance(1);
  add(transition(1801, "auth"));
  await clock.advance(1);
  gone.abort();
  expect(await over).toMatchObject({ lastSeq: 1801 });
  expect(seqs(sent)).toEqual(Array.from({ length: 1798 }, (_, i) => i + 4));
});

test("a client that does not read loses nothing: it is sent what it missed when it reads again", async () => {
  const { dependencies, add, clock } = past({ all: many(1), from: 1 });
  const sent: object[] = [];
  let reads = false;
  const gone = new AbortController();
  const over = followTransitions(
    dependencies,
    { last: 0, follow: true },
    (event) => reads && sent.push(event) > 0,
    gone.signal,
  );
  for (let seq = 2; seq <= 5; seq++) add(transition(seq, "redis"));
  await clock.advance(1000);
  expect(sent).toEqual([]);
  reads = true;
  await clock.advance(100);
  expect(seqs(sent)).toEqual([2, 3, 4, 5]);
  gone.abort();
  await over;
});

test("where the history cannot be read, what is in memory is sent", async () => {
  const { dependencies } = past({ all: many(10), from: 8, history: noHistory("the disk is full") });
  const sent: object[] = [];
  await followTransitions(
    dependencies,
    { last: 0, after: 1, follow: false },
    (one) => void sent.push(one),
    never,
  );
  expect(seqs(sent)).toEqual([8, 9, 10]);
});

test("a service that has left the declaration still has a past; one that never was has a name that is wrong", async () => {
  const { dependencies } = past({ all: many(2, "old"), from: 1 });
  const sent: object[] = [];
  const of = (service: string) =>
    followTransitions(
      dependencies,
      { last: 5, service, follow: false },
      (event) => void sent.push(event),
      never,
    );
  await of("old");
  expect(seqs(sent)).toEqual([1, 2]);
  await expect(of("redsi")).rejects.toMatchObject({
    message: "the coordinator does not know redsi (did you mean redis?). Its services are redis.",
  });
});
