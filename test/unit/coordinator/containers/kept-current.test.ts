import { afterEach, describe, expect, test } from "vitest";
import { containerView } from "../../../../lib/coordinator/containers/container-view.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { fakeEngine } from "../../../support/fake-engine.ts";
import type { WatchedPlatform } from "../../../support/watched-platform.ts";
import { seenText, watchedPlatform } from "../../../support/watched-platform.ts";

// What probes of a container are answered with where the engine need not be asked, and when it must be.

const opened: WatchedPlatform[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function watched() {
  const one = watchedPlatform();
  opened.push(one);
  one.platform.add("web", { endsInMs: 0 });
  await one.platform.byHand.start("web");
  one.watch.follow("web");
  const kept = (maxAgeMs?: number) => {
    const seen = one.watch.kept("web", maxAgeMs);
    return seen === undefined ? undefined : seenText(seen).replace(/ since.*/, "");
  };
  const observed = () => one.platform.calls.filter(({ name }) => name === "observe").length;
  return { ...one, kept, observed };
}

describe("what is known of a workload without a question", () => {
  test("is what was seen, for as long as nothing happens to it", async () => {
    const { clock, kept, observed } = await watched();
    expect(kept()).toBeUndefined();
    await clock.advance(10);
    expect(kept()).toBe("running");
    const before = observed();
    await clock.advance(60_000);
    expect(kept()).toBe("running");
    expect(observed()).toBe(before);
  });

  test("is nothing from an event until the look that it brings about is answered", async () => {
    const { clock, platform, kept } = await watched();
    await clock.advance(10);
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "slow", ms: 100 } : undefined);
    platform.crash("web", { exitCode: 3 });
    await clock.advance(50);
    expect(kept()).toBeUndefined();
    await clock.advance(100);
    expect(kept()).toBe("exited 3");
  });

  test("is nothing of what a look has shown that began before the events were heard", async () => {
    const { clock, platform, watch, kept } = await watched();
    await clock.advance(10);
    platform.endEvents();
    await clock.advance(0);
    expect(kept()).toBeUndefined();
    // The stream is there again; what has happened in between may have been forgotten.
    await clock.advance(1000);
    expect(platform.followers()).toBe(1);
    expect(kept()).toBeUndefined();
    await watch.look("web");
    expect(kept()).toBe("running");
  });

  test("is nothing once a list shows something that no event has told of", async () => {
    const { clock, platform, kept } = await watched();
    await clock.advance(10);
    platform.deafen();
    platform.crash("web", { exitCode: 3 });
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "hang" } : undefined);
    await clock.advance(17_000);
    expect(kept()).toBeUndefined();
  });

  test("is nothing while the platform does not answer", async () => {
    const { clock, platform, kept } = await watched();
    await clock.advance(10);
    platform.become("hanging");
    await clock.advance(30_000);
    expect(kept()).toBeUndefined();
    platform.become("answering");
    await clock.advance(30_000);
    expect(kept()).toBeUndefined();
  });

  test("is nothing that is older than is wanted", async () => {
    const { clock, watch, kept } = await watched();
    await clock.advance(10);
    await clock.advance(1000);
    expect(kept(1000)).toBeUndefined();
    await watch.look("web");
    expect(kept(1000)).toBe("running");
  });
});

test("a container's state is asked for only where it is not known", async () => {
  const clock = fakeClock();
  const engine = fakeEngine(clock.now);
  engine.add("web");
  const run = engine.container("web");
  let looks = 0;
  const look = async () => {
    looks++;
    return run ?? "gone";
  };
  const known = containerView(engine, "web", { kept: () => run, look });
  expect(await known.state()).toBe(run);
  expect(looks).toBe(0);
  const unknown = containerView(engine, "web", { kept: () => undefined, look });
  expect(await unknown.state()).toBe(run);
  expect(looks).toBe(1);
});
