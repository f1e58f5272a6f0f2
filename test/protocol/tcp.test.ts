import { expect, test } from "vitest";
import { completed, tcp } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, toldOf } from "../support/attempt.ts";
import { containerView } from "../support/container-view.ts";
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
  container: containerView({ state: { running, exitCode } }),
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
  const container = containerView({
    state: () => Promise.reject(new Error("connect ENOENT /var/run/docker.sock")),
  });
  expect(await told(completed(), undefined, { container })).toBe(
    "unknown, prober: connect ENOENT /var/run/docker.sock",
  );
});
