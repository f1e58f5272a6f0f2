import { expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import { completed, running, tcp } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, toldOf } from "../support/attempt.ts";
import { closedPort, halfClose, hang, listen } from "../support/loopback.ts";

test.each([
  ["says nothing", hang],
  ["closes at once", halfClose],
])("a TCP probe passes where something accepts, even if it %s", async (_name, behave) => {
  await using server = await listen(behave);
  expect(toldOf(await attempt(tcp(server.port)), server)).toBe("passed");
  expect(await nothingOpen(server)).toBe(true);
});

test("a TCP probe of a port that nothing listens on", async () => {
  const port = await closedPort();
  expect(toldOf(await attempt(tcp(port)), { host: "127.0.0.1", port })).toBe(
    "failed, refused: connection refused by server:1",
  );
});

const state = (running: boolean, exitCode: number) => ({
  container: { state: () => Promise.resolve({ running, exitCode }) },
});
const told = async (...args: Parameters<typeof attempt>) =>
  toldOf(await attempt(...args), { host: "127.0.0.1", port: 0 });

test("a job that has ended as it should", async () => {
  expect(await told(completed(), undefined, state(false, 0))).toBe("passed");
  expect(await told(completed({ exitCode: 3 }), undefined, state(false, 3))).toBe("passed");
});

test("a job that runs", async () => {
  expect(await told(completed(), undefined, state(true, 0))).toBe(
    "failed, running: 127.0.0.1 is still running",
  );
});

test("a job that has failed, which waiting does not mend", async () => {
  expect(await told(completed(), undefined, state(false, 1))).toBe(
    "failed, exited, permanent: 127.0.0.1 ended with exit code 1, expected 0",
  );
});

test("an engine that does not answer is not the job's fault", async () => {
  const container = { state: () => Promise.reject(new Error("connect ENOENT /var/run/docker.sock")) };
  expect(await told(completed(), undefined, { container })).toBe(
    "unknown, prober: connect ENOENT /var/run/docker.sock",
  );
});

const since = (startedMs: number | undefined, running = true) => ({
  clock: { ...systemClock, now: () => 10_000 },
  container: { state: () => Promise.resolve({ running, exitCode: 3, startedMs }) },
});

test("a service that has run for long enough", async () => {
  expect(await told(running(), undefined, since(7000))).toBe("passed");
  expect(await told(running({ for: "10s" }), undefined, since(0))).toBe("passed");
});

test("a service that has only just started, which waiting mends", async () => {
  expect(await told(running(), undefined, since(8000))).toBe(
    "failed, young: 127.0.0.1 has run for 2.0s of 3s",
  );
  expect(await told(running({ for: "1m" }), undefined, since(undefined))).toBe(
    "failed, young: 127.0.0.1 has run for 0ms of 1m",
  );
});

test("a service that has ended where one should run", async () => {
  expect(await told(running(), undefined, since(0, false))).toBe(
    "failed, exited: 127.0.0.1 does not run: it ended with exit code 3",
  );
});
