import { expect, test } from "vitest";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { memory, ping } from "../../lib/model/probes.ts";
import { attempt, reportOf } from "../support/attempt.ts";
import { startContainer } from "../support/containers.ts";

/** Settings for tests of Redis itself: a key that is loaded takes a millisecond, and questions are answered meanwhile. */
const slowToLoad = [
  ...["--key-load-delay", "1000"],
  ...["--loading-process-events-interval-bytes", "1024"],
  ...["--enable-debug-command", "yes"],
];

test("Redis is not taken for ready while it loads its data", { timeout: 90_000 }, async () => {
  await using server = await startContainer({
    image: "phasegate-stand-in/redis:7",
    port: 6379,
    command: ["redis-server", ...slowToLoad],
  });
  const { container } = server;
  const reported = async (probe: Parameters<typeof attempt>[0]) => {
    // The engine chooses another port at each start.
    const { NetworkSettings } = await container.inspect();
    const port = Number(NetworkSettings.Ports["6379/tcp"]?.[0]?.HostPort ?? 1);
    const endpoint: EndpointOf<"redis"> = { protocol: "redis", host: server.host, port };
    return reportOf(await attempt(probe, endpoint), endpoint);
  };
  const cli = (...words: string[]) =>
    connectEngine().run(container.id, ["redis-cli", ...words], AbortSignal.timeout(30_000));
  const memoryFits = memory({ under: 0.9 });

  await expect.poll(() => reported(ping()), { timeout: 20_000 }).toBe("passed");
  expect(await reported(memoryFits)).toBe("passed");
  await cli("debug", "populate", "8000");
  expect((await cli("save")).stdout).toBe("OK\n");
  await container.restart();

  await expect
    .poll(() => reported(ping()), { timeout: 20_000, interval: 20 })
    .toBe("failed, server: server:1 answered: LOADING Redis is loading the dataset in memory");
  expect(await reported(memoryFits)).toMatch(
    /^failed, server: server:1 is loading its data into memory, of which it has [\d.]+%$/,
  );
  await expect.poll(() => reported(memoryFits), { timeout: 60_000 }).toBe("passed");
  expect(await reported(ping())).toBe("passed");
});
