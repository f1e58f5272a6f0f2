import { describe, expect, test } from "vitest";
import { dockerPlatform } from "../../../../lib/coordinator/containers/docker-platform.ts";
import { EngineRefusal } from "../../../../lib/engine/docker-engine.ts";
import type { ContainerEvent, ContainerSummary, Engine } from "../../../../lib/engine/engine.ts";
import type { PlatformEvent } from "../../../../lib/supervision/platform.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { fakeEngine } from "../../../support/fake-engine.ts";

const forEver = new AbortController().signal;

function platformOn(patch: (engine: ReturnType<typeof fakeEngine>) => Partial<Engine> = () => ({})) {
  const clock = fakeClock();
  const engine = fakeEngine(clock.now);
  engine.add("web");
  const platform = dockerPlatform({
    engine: { ...engine, ...patch(engine) },
    labels: { "phasegate.stack": "dev" },
    clock,
    redact: (text) => text.replaceAll("hunter2", "[redacted]"),
  });
  return { clock, engine, platform };
}

function event(action: ContainerEvent["action"], patch: Partial<ContainerEvent> = {}): ContainerEvent {
  return { id: "web", labels: {}, action, atMs: 1_000_000, exitCode: undefined, signal: undefined, ...patch };
}

/** What the platform makes of what an engine reports. */
async function kindsOf(...events: ContainerEvent[]): Promise<PlatformEvent["kind"][]> {
  const { platform } = platformOn(() => ({ pastEvents: async () => events }));
  return (await platform.past(0, forEver)).map(({ kind }) => kind);
}

describe("an event", () => {
  test.for<[string, ContainerEvent, PlatformEvent["kind"][]]>([
    ["create", event("create"), ["created"]],
    ["destroy", event("destroy"), ["ordered", "removed"]],
    ["stop", event("stop"), ["ordered"]],
    ["kill by SIGKILL", event("kill", { signal: 9 }), ["ordered"]],
    ["kill by SIGTERM", event("kill", { signal: 15 }), ["ordered"]],
    ["kill by SIGINT", event("kill", { signal: 2 }), ["ordered"]],
    ["kill by SIGQUIT", event("kill", { signal: 3 }), ["ordered"]],
    ["kill by SIGABRT", event("kill", { signal: 6 }), ["ordered"]],
    ["kill by a signal that is not said", event("kill"), ["ordered"]],
    ["kill by SIGHUP", event("kill", { signal: 1 }), ["changed"]],
    ["kill by SIGUSR1", event("kill", { signal: 10 }), ["changed"]],
    ["kill by SIGWINCH", event("kill", { signal: 28 }), ["changed"]],
    ["start", event("start"), ["changed"]],
    ["die", event("die"), ["changed"]],
    ["oom", event("oom"), ["changed"]],
    ["pause", event("pause"), ["changed"]],
    ["unpause", event("unpause"), ["changed"]],
    ["healthy", event("healthy"), ["changed"]],
    ["unhealthy", event("unhealthy"), ["changed"]],
    ["of a prober", event("destroy", { labels: { "phasegate.prober": "web" } }), []],
  ])("%s", async ([, raw, kinds]) => {
    expect(await kindsOf(raw)).toEqual(kinds);
  });

  test("kill by the signal that the image ends by is an order, once the container has been seen", async () => {
    const { platform, engine } = platformOn(() => ({
      pastEvents: async () => [event("kill", { signal: 28 })],
    }));
    engine.change("web", { stopSignal: 28 });
    expect((await platform.past(0, forEver)).map(({ kind }) => kind)).toEqual(["changed"]);
    await platform.observe("web", forEver);
    expect((await platform.past(0, forEver)).map(({ kind }) => kind)).toEqual(["ordered"]);
  });

  test("of an order of its own is a change; before and after it, and of other containers, an order", async () => {
    const at = (atMs: number, id = "web") => event("stop", { atMs, id });
    const { platform, clock } = platformOn(() => ({
      stop: () => clock.sleep(5000),
      pastEvents: async () => [
        at(999_999),
        at(1_000_000),
        at(1_005_000),
        at(1_005_001),
        at(1_002_000, "api"),
      ],
    }));
    const stop = platform.stop("web", { graceMs: 10_000 }, forEver);
    await clock.advance(5000);
    await stop;
    await clock.advance(60_000);
    const kinds = (await platform.past(0, forEver)).map(({ kind }) => kind);
    expect(kinds).toEqual(["ordered", "changed", "changed", "ordered", "ordered"]);
  });

  test("of an order that was not answered is a change for as long as the engine may go on with it", async () => {
    const at = (atMs: number) => event("stop", { atMs });
    const { platform } = platformOn(() => ({
      stop: async () => {
        throw new Error("socket hang up");
      },
      pastEvents: async () => [at(1_040_000), at(1_040_001)],
    }));
    await platform.stop("web", { graceMs: 10_000 }, forEver).catch(() => undefined);
    expect((await platform.past(0, forEver)).map(({ kind }) => kind)).toEqual(["changed", "ordered"]);
  });
});

describe("a restart", () => {
  const calls = async (startedMs: number | undefined, running: boolean, from: number | undefined) => {
    const { platform, engine } = platformOn();
    engine.change("web", { startedMs, running });
    await platform.restart("web", { graceMs: 1000, from }, forEver);
    return engine.calls;
  };

  test("stops and starts the run that it is meant for", async () => {
    expect(await calls(5, true, 5)).toEqual(["stop web", "start web"]);
  });
  test("leaves another run alone", async () => {
    expect(await calls(6, true, 5)).toEqual([]);
    expect(await calls(6, true, undefined)).toEqual([]);
  });
  test("starts what does not run", async () => {
    expect(await calls(5, false, 5)).toEqual(["start web"]);
    expect(await calls(undefined, false, undefined)).toEqual(["start web"]);
  });
});

test("what the engine and containers write is redacted", async () => {
  const { platform, engine } = platformOn(() => ({
    start: async () => {
      throw new EngineRefusal(500, "no such file: hunter2");
    },
  }));
  engine.change("web", { startError: "cannot run hunter2" });
  engine.lines.push("password hunter2");
  expect(await platform.observe("web", forEver)).toMatchObject({ startError: "cannot run [redacted]" });
  expect(await platform.logs("web", 5, forEver)).toEqual(["password [redacted]"]);
  await expect(platform.start("web", forEver)).rejects.toMatchObject({
    code: "PHASEGATE_ENGINE_REFUSED",
    message: "no such file: [redacted]",
  });
});

test("a workload that is not there is gone", async () => {
  const { platform } = platformOn();
  expect(await platform.observe("nobody", forEver)).toBe("gone");
});

test("a list has no probers, and another version whenever there is more to see", async () => {
  const summary: ContainerSummary = {
    ...{ id: "web", name: "dev-web", image: "web:1", imageId: "sha256:1", labels: {}, createdMs: 0 },
    ...{ status: "running", health: "starting", networks: { dev: "e1" } },
  };
  const shown = [
    summary,
    { ...summary, health: "healthy" },
    { ...summary, status: "paused" },
    { ...summary, status: "exited", health: undefined, networks: { dev: "" } },
    { ...summary, networks: { dev: "e2" } },
    { ...summary, labels: { "phasegate.prober": "api" } },
  ] as const;
  const { platform } = platformOn(() => ({ summaries: async () => shown }));
  const list = await platform.list(forEver);
  expect(list.map(({ running }) => running)).toEqual([true, true, true, false, true]);
  expect(new Set(list.map(({ version }) => version)).size).toBe(5);
});
