import { beforeEach, describe, expect, test } from "vitest";
import type { Deployments } from "../../../../lib/coordinator/observers/deployments.ts";
import { deployments, goneAfterMs } from "../../../../lib/coordinator/observers/deployments.ts";
import type { Deployment } from "../../../../lib/model/history.ts";
import type { FakeClock } from "../../../support/fake-clock.ts";
import { fakeClock } from "../../../support/fake-clock.ts";

let clock: FakeClock;
let told: Deployment[];
let own: Deployments;

beforeEach(() => {
  clock = fakeClock(1000);
  told = [];
  own = deployments({ clock, onDeployment: (deployment) => told.push(deployment) });
});

describe("an up", () => {
  test("whose gates have all opened has succeeded, from its connection to the end of that", async () => {
    const end = own.begin();
    await clock.advance(5000);
    own.waits("infrastructure")(true);
    const app = own.waits("app");
    await clock.advance(5000);
    app(true);
    end();
    await clock.advance(goneAfterMs - 1);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([{ beganMs: 1000, endedMs: 11_000, outcome: "succeeded" }]);
  });

  test("with a gate that did not open has failed there, whatever else was waited for", async () => {
    const end = own.begin();
    own.waits("infrastructure")(true);
    own.waits("other");
    own.waits("app")(false);
    end();
    await clock.advance(goneAfterMs);
    expect(told).toEqual([{ beganMs: 1000, endedMs: 1000, outcome: "failed", phase: "app" }]);
  });

  test.each([
    ["leaves while it waits", () => own.waits("app")],
    ["is answered by an error", () => own.waits("app")(undefined)],
  ])("that %s was interrupted", async (_, wait) => {
    const end = own.begin();
    wait();
    end();
    await clock.advance(goneAfterMs);
    expect(told).toMatchObject([{ outcome: "interrupted", phase: "app" }]);
  });

  test("whose client leaves before its wait is given up was interrupted", async () => {
    const end = own.begin();
    const answered = own.waits("app");
    end();
    answered(undefined);
    await clock.advance(goneAfterMs);
    expect(told).toMatchObject([{ outcome: "interrupted" }]);
  });

  test("that waits for no gate is not told", async () => {
    own.begin()();
    await clock.advance(goneAfterMs);
    expect(told).toEqual([]);
  });

  test("that loses its connection, and goes on with another, is one", async () => {
    const first = own.begin();
    const lost = own.waits("app");
    first();
    lost(undefined);
    await clock.advance(goneAfterMs - 1);
    const second = own.begin();
    await clock.advance(goneAfterMs * 4);
    expect(told).toEqual([]);
    own.waits("app")(true);
    second();
    second();
    await clock.advance(goneAfterMs);
    expect(told).toEqual([{ beganMs: 1000, endedMs: 1000 + 5 * goneAfterMs - 1, outcome: "succeeded" }]);
  });

  test("that opens a gate after it had been refused once has succeeded", async () => {
    const end = own.begin();
    own.waits("app")(false);
    own.waits("app")(true);
    end();
    await clock.advance(goneAfterMs);
    expect(told).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("of several connections ends with the last of them", async () => {
    const [first, second] = [own.begin(), own.begin()];
    own.waits("app")(true);
    first();
    await clock.advance(goneAfterMs * 2);
    expect(told).toEqual([]);
    second();
    await clock.advance(goneAfterMs);
    expect(told).toMatchObject([{ endedMs: 1000 + 2 * goneAfterMs }]);
  });

  test("is another than the one before", async () => {
    for (const opened of [false, true]) {
      const end = own.begin();
      own.waits("app")(opened);
      end();
      await clock.advance(goneAfterMs);
    }
    expect(told.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
  });
});

test("a gate that is waited for without an up belongs to none", async () => {
  own.waits("app")(false);
  const end = own.begin();
  end();
  await clock.advance(goneAfterMs);
  expect(told).toEqual([]);
});

test("what the coordinator's own end cuts off is not told, and nothing sleeps on", async () => {
  const end = own.begin();
  own.waits("app");
  end();
  own.close();
  await clock.advance(goneAfterMs * 2);
  expect(told).toEqual([]);
  expect(clock.sleeping()).toBe(0);
});
