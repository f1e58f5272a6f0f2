import { afterEach, beforeEach, expect, test } from "vitest";
import type { Following } from "../../../lib/control/follow-events.ts";
import { followEvents } from "../../../lib/control/follow-events.ts";
import { probeOn } from "../../support/desired.ts";
import type { ServedCoordinator } from "../../support/served-coordinator.ts";
import { servedCoordinator } from "../../support/served-coordinator.ts";

let served: ServedCoordinator;
beforeEach(async () => {
  served = await servedCoordinator();
  for (const [service, port] of [
    ["redis", 1],
    ["auth", 2],
  ] as const) {
    served.bench.engine.add(service);
    served.bench.apply(service, { probes: { answers: probeOn(port) } });
  }
  await served.bench.clock.advance(20_000);
});
let ends: AbortController[] = [];
afterEach(async () => {
  for (const end of ends) end.abort();
  ends = [];
  await served.close();
});

/** Somebody who follows, and what they hear. */
function follow(options: Partial<Pick<Following, "last" | "service" | "connect">> = {}) {
  const heard: string[] = [];
  const end = new AbortController();
  ends.push(end);
  const over = followEvents(
    {
      connect: served.connect,
      last: 0,
      ...options,
      onConnected: (_stack, again) => void heard.push(again ? "connected again" : "connected"),
      onTransition: ({ service, from, to }) => heard.push(`${service} ${from} → ${to}`),
      onHold: ({ held }) => heard.push(held ? `held: ${held.why}` : "released"),
      onLost: ({ code }) => heard.push(`lost: ${code}`),
      clock: {
        now: () => 0,
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            setTimeout(resolve, 5);
            signal?.addEventListener("abort", () => resolve());
          }),
      },
    },
    end.signal,
  );
  over.catch(() => undefined);
  return { heard, over, end: () => end.abort() };
}

/** A service ends, and is ready again: three transitions. */
async function crash(service: string): Promise<void> {
  served.bench.engine.crash(service);
  await served.bench.clock.advance(5000);
}

test("the last transitions come first, then each as it happens, and every change of a hold", async () => {
  await crash("redis");
  const { heard, over, end } = follow({ last: 2 });
  await expect.poll(() => heard.at(-1)).toBe("connected");
  await crash("auth");
  await served.bench.call("hold", { forMs: 60_000, why: "an upgrade" });
  await served.bench.clock.advance(1);
  await served.bench.call("release", {});
  await expect.poll(() => heard.at(-1)).toBe("released");
  expect(heard).toEqual([
    ...["redis restarting → starting", "redis starting → ready", "connected"],
    ...["auth ready → restarting", "auth restarting → starting", "auth starting → ready"],
    ...["held: an upgrade", "released"],
  ]);
  end();
  await over;
});

test("one service is followed alone", async () => {
  await crash("auth");
  const { heard } = follow({ last: 10, service: "redis" });
  await expect.poll(() => heard.at(-1)).toBe("connected");
  await crash("auth");
  await crash("redis");
  await expect.poll(() => heard.at(-1)).toBe("redis starting → ready");
  expect(heard.filter((line) => line.includes("auth"))).toEqual([]);
});

test("a coordinator that is lost is connected to again: what happened meanwhile follows, nothing is lost and nothing repeated", async () => {
  const { heard } = follow({ last: 0 });
  await expect.poll(() => heard.at(-1)).toBe("connected");
  await crash("redis");
  await expect.poll(() => heard.at(-1)).toBe("redis starting → ready");
  await served.kill();
  await expect.poll(() => heard.at(-1)).toBe("lost: PHASEGATE_COORDINATOR_UNREACHABLE");
  await crash("auth");
  await served.start();
  await expect.poll(() => heard.at(-1)).toBe("auth starting → ready");
  await crash("redis");
  await expect.poll(() => heard.at(-1)).toBe("redis starting → ready");
  expect(heard).toEqual([
    ...["connected", "redis ready → restarting", "redis restarting → starting", "redis starting → ready"],
    ...["lost: PHASEGATE_COORDINATOR_UNREACHABLE", "connected again"],
    ...["auth ready → restarting", "auth restarting → starting", "auth starting → ready"],
    ...["redis ready → restarting", "redis restarting → starting", "redis starting → ready"],
  ]);
});

test("a coordinator that has lost its history, and counts from the beginning, is followed all the same", async () => {
  const { heard } = follow();
  await expect.poll(() => heard.at(-1)).toBe("connected");
  for (let n = 0; n < 40; n++) await crash("redis");
  await served.bench.clock.advance(600_000);
  const before = heard.length;
  await served.kill();
  served.loseHistory();
  await served.start();
  await expect.poll(() => heard.at(-1)).toBe("connected again");
  await crash("auth");
  await expect.poll(() => heard.at(-1)).toBe("auth starting → ready");
  expect(heard.slice(before)).toEqual([
    ...["lost: PHASEGATE_COORDINATOR_UNREACHABLE", "connected again"],
    ...["auth ready → restarting", "auth restarting → starting", "auth starting → ready"],
  ]);
});

test("the first connection that fails ends it, and a service that there is not", async () => {
  await served.kill();
  await expect(follow().over).rejects.toMatchObject({ code: "PHASEGATE_COORDINATOR_UNREACHABLE" });
  await served.start();
  await expect(follow({ service: "redsi" }).over).rejects.toMatchObject({
    code: "PHASEGATE_SERVICE_UNKNOWN",
    message: "the coordinator does not know redsi (did you mean redis?). Its services are auth, redis.",
  });
});

test("it ends at once when it is to, whether it is connected or not", async () => {
  const connected = follow();
  await expect.poll(() => connected.heard).toEqual(["connected"]);
  connected.end();
  await connected.over;
  const connecting = follow({ connect: () => new Promise(() => undefined) });
  connecting.end();
  await connecting.over;
  expect(connecting.heard).toEqual([]);
});
