import { connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { MetricsObserver } from "../../../../lib/coordinator/observers/metrics/metrics-observer.ts";
import { eventually } from "../../../support/eventually.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { metricsSettings, portOf, scraped, servedMetrics, takenPort } from "../../../support/metrics.ts";

let metrics: MetricsObserver | undefined;
afterEach(() => metrics?.close?.());

const withToken = { ...metricsSettings, metrics: { token: { secret: "scrape" } } };

async function asked(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${await portOf(metrics as MetricsObserver)}${path}`, init);
}

it("answers GET and HEAD of /metrics, and nothing else", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure(metricsSettings);
  const answer = await asked("/metrics");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const head = await asked("/metrics", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await asked("/")).status).toBe(404);
  expect((await asked("/metrics/../secret")).status).toBe(404);
  const post = await asked("/metrics", { method: "POST", body: "x" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

it("gives its metrics to nobody without the token", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure({ ...withToken, secrets: { scrape: "s3cret" } });
  const statuses = [];
  for (const authorization of [undefined, "Bearer wrong", "Bearer s3cre", "Basic s3cret", "Bearer s3cret"])
    statuses.push(
      (await asked("/metrics", authorization === undefined ? {} : { headers: { authorization } })).status,
    );
  expect(statuses).toEqual([401, 401, 401, 401, 200]);
  expect((await asked("/elsewhere")).status).toBe(401);
});

it("takes over another token without losing what it has counted", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure({ ...withToken, secrets: { scrape: "first" } });
  metrics.alertsOpen(3);
  expect(await scraped(metrics, "first")).toContain("phasegate_alerts_open 3");
  metrics.configure({ ...withToken, secrets: { scrape: "second" } });
  expect(await scraped(metrics, "second")).toContain("phasegate_alerts_open 3");
  expect((await asked("/metrics", { headers: { authorization: "Bearer first" } })).status).toBe(401);
});

it("lets nobody in where the token has no value, and says so", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure(withToken);
  expect((await asked("/metrics", { headers: { authorization: "Bearer undefined" } })).status).toBe(401);
  expect(metrics.problems()).toEqual(["the metrics are not served: the secret of their token has no value"]);
});

it("ends when it is no longer declared", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure(metricsSettings);
  const port = await portOf(metrics);
  metrics.configure({ stack: "dev", secrets: {} });
  expect(metrics.listening()).toBeUndefined();
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
});

it("says that its port is taken, and listens once it is free", async () => {
  const taken = await takenPort();
  const clock = fakeClock();
  const served = servedMetrics({ port: taken.port, clock });
  metrics = served.metrics;
  metrics.configure(metricsSettings);
  await expect
    .poll(() => metrics?.problems())
    .toEqual([`the metrics are not served: port ${taken.port} is taken by another process`]);
  await expect.poll(() => clock.sleeping()).toBe(1);
  await clock.advance(15_000);
  await expect.poll(() => clock.sleeping()).toBe(1);
  // Said once, however often it is tried.
  expect(served.logged.map(({ event }) => event)).toEqual(["metrics-not-served"]);
  await taken.free();
  await clock.advance(15_000);
  await portOf(metrics);
  expect(metrics.problems()).toEqual([]);
});

it("refuses a header that is too long, and ends a connection past the bound", async () => {
  ({ metrics } = servedMetrics());
  metrics.configure(metricsSettings);
  const long = await asked("/metrics", { headers: { "x-long": "a".repeat(10_000) } });
  expect(long.status).toBe(431);
  const port = await portOf(metrics);
  let closed = 0;
  const sockets = Array.from({ length: 40 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => undefined).on("close", () => closed++);
  expect(await eventually(async () => closed >= 8)).toBe(true);
  for (const socket of sockets) socket.destroy();
});
