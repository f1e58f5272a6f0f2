import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../../lib/core/clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

async function isOver(promise: Promise<unknown>): Promise<boolean> {
  const notYet = {};
  return (await Promise.race([promise, Promise.resolve(notYet)])) !== notYet;
}

test("now counts milliseconds since the epoch", () => {
  expect(systemClock.now()).toBe(1_000_000);
});

test("a sleep ends when its time is over, not before", async () => {
  const sleep = systemClock.sleep(500);
  await vi.advanceTimersByTimeAsync(499);
  expect(await isOver(sleep)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isOver(sleep)).toBe(true);
});

test("a sleep of more days than a timer can hold does not end at once", async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(60 * 24 * 3_600_000, stop.signal);
  await vi.advanceTimersByTimeAsync(23 * 24 * 3_600_000);
  expect(await isOver(sleep)).toBe(false);
  stop.abort();
});

test("a signal ends a sleep, and leaves no timer behind", async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(500, stop.signal);
  stop.abort();
  await sleep;
  expect(vi.getTimerCount()).toBe(0);
});

test("a signal that has aborted before ends a sleep at once", async () => {
  await systemClock.sleep(500, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});

test("a sleep that ran its time leaves no listener on its signal", async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(500, stop.signal);
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(500);
  await sleep;
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
});
