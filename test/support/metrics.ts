import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../lib/core/clock.ts";
import type {
  MetricsDependencies,
  MetricsObserver,
} from "../../lib/coordinator/observers/metrics/metrics-observer.ts";
import type { Settings } from "../../lib/coordinator/observers/telemetry.ts";
import { metricsObserver } from "../../lib/coordinator/observers/metrics/metrics-observer.ts";

export const metricsSettings: Settings = {
  metrics: {},
  secrets: {},
  stack: "dev",
  declaration: "netra",
  environment: "development",
};

/** Metrics on a free port of the loopback address, with what they have logged. */
export function servedMetrics(patch: Partial<MetricsDependencies> = {}): {
  readonly metrics: MetricsObserver;
  readonly logged: { event: string; fields: unknown }[];
} {
  const logged: { event: string; fields: unknown }[] = [];
  const metrics = metricsObserver({
    clock: systemClock,
    log: (event, fields) => logged.push({ event, fields }),
    startedMs: 1_700_000_000_000,
    known: () => ({ services: [], incidents: [] }),
    historyProblem: () => undefined,
    host: "127.0.0.1",
    port: 0,
    ...patch,
  });
  return { metrics, logged };
}

/** The port that it listens on, once it does. */
export async function portOf(metrics: MetricsObserver): Promise<number> {
  for (;;) {
    const port = metrics.listening();
    if (port !== undefined) return port;
    await systemClock.sleep(5);
  }
}

/** The lines of the metrics, without the stack, which is the same on all. */
export async function scraped(metrics: MetricsObserver, token?: string): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${await portOf(metrics)}/metrics`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return (await answer.text())
    .replaceAll(/,stack="netra-dev"(?=})|stack="netra-dev",?/g, "")
    .replaceAll("{}", "")
    .split("\n");
}

/** A port that something listens on. */
export async function takenPort(): Promise<{ readonly port: number; free(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}
