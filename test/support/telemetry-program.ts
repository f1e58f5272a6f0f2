/** A program of its own: says what is loaded while nothing is declared, and then observes something with all declared. */
import { steadyClock } from "../../lib/core/clock.ts";
import { metricsObserver } from "../../lib/coordinator/observers/metrics/metrics-observer.ts";
import { tracesObserver } from "../../lib/coordinator/observers/traces/traces-observer.ts";
import { incident } from "./transitions.ts";

const settings = {
  ...{ secrets: {}, stack: "dev", declaration: "shop", environment: "development" as const },
  metrics: {},
  tracing: { endpoint: process.argv[2] ?? "" },
};
const logged: string[] = [];
const log = (event: string) => logged.push(event);
const metrics = metricsObserver({
  ...{ clock: steadyClock, log, startedMs: 0, host: "127.0.0.1", port: 0 },
  known: () => ({ services: [], incidents: [] }),
  historyProblem: () => undefined,
});
const traces = tracesObserver({ log, delayMs: 10 });
for (const observer of [metrics, traces]) {
  observer.configure({ secrets: {}, stack: "dev" });
  observer.configure(settings);
  observer.incident?.(incident(1, "redis", { closedMs: 1_000_100, outcome: "recovered" }));
}
while (metrics.listening() === undefined && logged.length === 0) await steadyClock.sleep(5);
const text = await (await fetch(`http://127.0.0.1:${metrics.listening()}/metrics`)).text();
console.log(JSON.stringify({ logged, counted: text.includes('phasegate_incidents_total{service="redis"') }));
await steadyClock.sleep(100);
metrics.close();
await traces.close();
