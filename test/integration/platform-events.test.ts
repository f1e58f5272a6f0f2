import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { containerWatch } from "../../lib/coordinator/containers/container-watch.ts";
import { dockerPlatform } from "../../lib/coordinator/containers/docker-platform.ts";
import { systemClock } from "../../lib/core/clock.ts";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import type { Platform } from "../../lib/supervision/platform.ts";

// What lib/coordinator/containers/platform-events.ts says of the engine, and what the platform and its watch make of it.

const docker = dockerClient();
const engine = connectEngine();
const { reference: image } = await prepareImage(docker, "node:24-slim", () => undefined);

const forEver = new AbortController().signal;

/** Others may keep the machine busy. */
const patience = { timeout: 20_000 };

/** Ends at a signal, as nothing does that is process 1 and does not handle it, and writes a line when it does. */
const endingAt = (signal: string, exitCode: number) => [
  ...["sh", "-c", `trap 'exit ${exitCode}' ${signal}; echo up; sleep 1000 & wait`],
];
const polite = endingAt("TERM", 143);
const stubborn = ["sleep", "1000"];

type Options = Parameters<typeof docker.createContainer>[0];

/** A container of a stack of its own, started, and the platform of that stack. */
async function running(command: readonly string[], options: Options = {}) {
  const stack = `test-${randomBytes(6).toString("hex")}`;
  const labels = { "phasegate.stack": stack };
  const container = await docker.createContainer({
    ...{ name: stack, Image: image, Cmd: [...command], Labels: labels },
    ...options,
  });
  await container.start();
  if (command.some((part) => part.includes("echo up"))) await up(container.id);
  // Its start is in the past.
  await systemClock.sleep(2);
  const sinceMs = Date.now();
  const platform = dockerPlatform({ engine, labels, clock: systemClock, redact: (text) => text });
  return {
    ...{ container, id: container.id, labels, platform, sinceMs },
    /** What the engine has reported since: "kill 15", "die 143". */
    events: async () => {
      const between = { sinceMs, untilMs: Date.now() + 1 };
      const events = await engine.pastEvents(labels, between, forEver);
      return events.map(({ action, signal, exitCode }) =>
        [action, signal, exitCode].filter((part) => part !== undefined).join(" "),
      );
    },
    kinds: async () => (await platform.past(sinceMs, forEver)).map(({ kind }) => kind),
    ended: () => expect.poll(async () => (await container.inspect()).State.Running, patience).toBe(false),
    [Symbol.asyncDispose]: async () => {
      await container.remove({ force: true, v: true }).catch((error: unknown) => {
        if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      });
    },
  };
}

/** Waits until the container has written in so many runs that it is up. */
async function up(id: string, runs = 1): Promise<void> {
  await expect.poll(async () => (await engine.logs(id, 100)).length, patience).toBe(runs);
}

/** A command in the container, to its end. */
async function inside({ id }: { readonly id: string }, ...command: string[]): Promise<void> {
  await engine.run(id, command, AbortSignal.timeout(30_000));
}

describe("the engine reports", () => {
  test("a stop as the signal, the end and the stop", async () => {
    await using one = await running(polite);
    await one.container.stop({ t: 10 });
    expect(await one.events()).toEqual(["kill 15", "die 143", "stop"]);
    expect(await one.kinds()).toEqual(["ordered", "changed", "ordered"]);
    await one.container.stop().catch(() => undefined);
    await one.container.kill().catch(() => undefined);
    expect((await one.events()).length).toBe(3);
  });

  test("a stop whose grace is over with both signals", async () => {
    await using one = await running(stubborn);
    await one.container.stop({ t: 1 });
    expect(await one.events()).toEqual(["kill 15", "kill 9", "die 137", "stop"]);
  });

  test("a stop of a paused container with its going on", async () => {
    await using one = await running(polite);
    await one.container.pause();
    await one.container.stop({ t: 10 });
    expect(await one.events()).toEqual(["pause", "kill 15", "unpause", "die 143", "stop"]);
  });

  test("a kill without a stop", async () => {
    await using one = await running(polite);
    await one.container.kill();
    await one.ended();
    expect(await one.events()).toEqual(["kill 9", "die 137"]);
    expect(await one.kinds()).toEqual(["ordered", "changed"]);
  });

  test("a signal that ends nothing as a kill, too", async () => {
    await using one = await running(polite);
    await one.container.kill({ signal: "SIGWINCH" });
    expect(await one.events()).toEqual(["kill 28"]);
    expect(await one.kinds()).toEqual(["changed"]);
  });

  test("the signal by which an image ends as an order, when it was seen", async () => {
    await using one = await running(endingAt("WINCH", 0), {
      StopSignal: "SIGWINCH",
    });
    await one.platform.observe(one.id, forEver);
    await one.container.stop({ t: 10 });
    expect(await one.events()).toEqual(["kill 28", "die 0", "stop"]);
    expect(await one.kinds()).toEqual(["ordered", "changed", "ordered"]);
  });

  test("a restart as a stop and a start", async () => {
    await using one = await running(polite);
    await one.container.restart({ t: 10 });
    expect(await one.events()).toEqual(["kill 15", "die 143", "stop", "start"]);
  });

  test("a forced removal as a kill and the removal, another one as that", async () => {
    await using one = await running(polite);
    await one.container.remove({ force: true });
    expect(await one.events()).toEqual(["kill 9", "die 137", "destroy"]);
    expect(await one.kinds()).toEqual(["ordered", "changed", "ordered", "removed"]);
    expect(await one.platform.observe(one.id, forEver)).toBe("gone");
    await using other = await running(["true"]);
    await other.ended();
    await other.container.remove();
    expect(await other.events()).toEqual(["die 0", "destroy"]);
  });

  test("a process that ends, by itself or by a signal from inside, as its end alone", async () => {
    await using one = await running(["sh", "-c", "sleep 1; exit 3"]);
    await one.ended();
    expect(await one.events()).toEqual(["die 3"]);
    await using other = await running(stubborn, { HostConfig: { Init: true } });
    await inside(other, "sh", "-c", "kill -KILL $(cat /proc/1/task/1/children)");
    await other.ended();
    expect(await other.events()).toEqual(["die 137"]);
    expect(await other.kinds()).toEqual(["changed"]);
  });

  test("memory that has run out before the end", async () => {
    const limit = 40 * 1024 * 1024;
    await using one = await running(["sh", "-c", "sleep 1; exec tail /dev/zero"], {
      HostConfig: { Memory: limit, MemorySwap: limit },
    });
    await one.ended();
    expect(await one.events()).toEqual(["oom", "die 137"]);
    expect(await one.kinds()).toEqual(["changed", "changed"]);
    expect(await one.platform.observe(one.id, forEver)).toMatchObject({ outOfMemory: true, exitCode: 137 });
  });

  test("a change of its settings, and a look shows them", async () => {
    await using one = await running(polite);
    const before = await one.platform.observe(one.id, forEver);
    expect(before).toMatchObject({ altered: [], limits: {} });
    await one.container.update({ RestartPolicy: { Name: "always" }, PidsLimit: 200 });
    expect(await one.events()).toEqual(["update"]);
    expect(await one.kinds()).toEqual(["changed"]);
    const altered = ["the restart policy always"];
    expect(await one.platform.observe(one.id, forEver)).toMatchObject({ altered, limits: { pids: 200 } });
  });

  test("its last 256 events and no more, three of them for each command that is run in a container", async () => {
    await using one = await running(polite);
    await one.container.kill({ signal: "SIGWINCH" });
    for (let i = 0; i < 90; i++) await inside(one, "true");
    expect(await one.events()).toEqual([]);
  });
});

describe("a list", () => {
  test("shows by its version that a container runs again, is paused, has ended", async () => {
    await using one = await running(polite);
    const versions = new Set<string>();
    const look = async () => {
      const [listed] = await one.platform.list(forEver);
      versions.add(listed?.version ?? "");
      return listed;
    };
    expect(await look()).toMatchObject({ workload: one.id, running: true, labels: one.labels });
    await look();
    expect(versions.size).toBe(1);
    await one.container.restart({ t: 10 });
    await up(one.id, 2);
    await look();
    await one.container.pause();
    await look();
    await one.container.unpause();
    await one.container.stop({ t: 10 });
    expect(await look()).toMatchObject({ running: false });
    expect(versions.size).toBe(4);
  });
});

describe("a restart", () => {
  const startedMs = async (platform: Platform, id: string) => {
    const seen = await platform.observe(id, forEver);
    return seen === "gone" ? undefined : seen.startedMs;
  };

  test("is done once, and nobody else has ordered it", async () => {
    await using one = await running(polite);
    const order = { graceMs: 10_000, from: await startedMs(one.platform, one.id) };
    await one.platform.restart(one.id, order, forEver);
    const after = await startedMs(one.platform, one.id);
    expect(after).toBeGreaterThan(order.from as number);
    await one.platform.restart(one.id, order, forEver);
    expect(await startedMs(one.platform, one.id)).toBe(after);
    expect(await one.events()).toEqual(["kill 15", "die 143", "stop", "start"]);
    expect(new Set(await one.kinds())).toEqual(new Set(["changed"]));
  });

  test("that was given up while the container ended is finished by the same order", async () => {
    await using one = await running(stubborn);
    const order = { graceMs: 2000, from: await startedMs(one.platform, one.id) };
    await expect(one.platform.restart(one.id, order, AbortSignal.timeout(500))).rejects.toMatchObject({
      code: "PHASEGATE_ENGINE_UNREACHABLE",
    });
    await one.platform.restart(one.id, order, forEver);
    expect(await startedMs(one.platform, one.id)).toBeGreaterThan(order.from as number);
    const events = await one.events();
    expect(events.filter((event) => event === "start").length).toBe(1);
    expect(new Set(await one.kinds())).toEqual(new Set(["changed"]));
  });
});

describe("a watch", () => {
  interface Handed {
    readonly told: string[];
    close(): void;
  }

  function watching(platform: Platform, id: string, sinceMs?: number): Handed {
    const told: string[] = [];
    let shown = "";
    const { close, follow } = containerWatch(
      {
        ...{ platform, clock: systemClock, random: Math.random, log: () => undefined, sinceMs },
        onSeen: (_workload, seen) => {
          const text = seen === "gone" ? "gone" : seen.running ? "running" : `exited ${seen.exitCode}`;
          if (text !== shown) told.push(text);
          shown = text;
        },
        onOrdered: () => told.push("ordered"),
        onCreated: () => undefined,
        onRemoved: () => told.push("removed"),
        onSilent: (text) => told.push(text),
        onHeard: () => told.push("heard"),
      },
      forEver,
    );
    follow(id);
    return { told, close };
  }

  test("hands a stop on as an order before the end, and a crash as an end", async () => {
    await using one = await running(polite);
    const { told, close } = watching(one.platform, one.id);
    await expect.poll(() => told, patience).toEqual(["running"]);
    await one.container.stop({ t: 10 });
    await expect.poll(() => told.at(-1), patience).toBe("exited 143");
    expect(told[1]).toBe("ordered");
    await one.container.start();
    await up(one.id, 2);
    await expect.poll(() => told.at(-1), patience).toBe("running");
    const before = told.length;
    await inside(one, "sh", "-c", "kill -TERM 1");
    await expect.poll(() => told.at(-1), patience).toBe("exited 143");
    expect(told.slice(before)).toEqual(["exited 143"]);
    close();
  });

  test("hands on an order that was given before it began", async () => {
    await using one = await running(polite);
    await one.container.stop({ t: 10 });
    const { told, close } = watching(one.platform, one.id, one.sinceMs);
    await expect.poll(() => told.at(-1), patience).toBe("exited 143");
    expect(new Set(told)).toEqual(new Set(["ordered", "exited 143"]));
    expect(told.at(-1)).toBe("exited 143");
    close();
  });
});
