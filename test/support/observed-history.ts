import type { Observer } from "../../lib/coordinator/observers/observer.ts";
import type { MetricsObserver } from "../../lib/coordinator/observers/metrics/metrics-observer.ts";
import { gateRecord, lateRecord, startRecord } from "./records.ts";
import { startMs } from "./statuses.ts";
import { incident, transition } from "./transitions.ts";

/** What was known when the metrics began, before {@link troubledHistory}. */
export const atFirst = {
  services: ["postgres", "redis", "auth", "worker"].map((service) => ({
    service,
    ...({ phase: "infrastructure", state: "starting", budgetMs: 30_000 } as const),
  })),
  incidents: [],
};

/** A stack that starts, once well and once not, and then meets with every kind of trouble. */
export function troubledHistory(metrics: MetricsObserver): void {
  const observer: Required<Pick<Observer, "transition" | "incident" | "start">> & Observer = {
    ...(metrics as Required<Observer>),
  };
  const up = {
    cause: { kind: "deployment", text: "an up wants it" },
    from: "starting",
    to: "ready",
  } as const;
  let id = 0;
  let seq = 0;
  for (const service of ["postgres", "redis", "auth"]) {
    const record = startRecord(service, 28_000);
    const status = { ...record.status, budgetMs: 30_000, healthyMs: startMs + 20_000 };
    observer.start(++id, { ...record, status });
    observer.transition(transition(++seq, service, up));
  }
  observer.start(id + 1, lateRecord("worker", 30_000));
  observer.verdict?.(gateRecord("infrastructure", true, { beganMs: startMs, atMs: startMs + 28_000 }));
  observer.verdict?.(gateRecord("business", false, { beganMs: startMs, atMs: startMs + 60_000 }));
  observer.deployment?.({
    beganMs: startMs,
    endedMs: startMs + 60_000,
    outcome: "failed",
    phase: "business",
  });

  const spread = incident(1, "postgres", { services: { postgres: "restarting", auth: "degraded" } });
  for (let generation = 2; generation < 10; generation++) {
    observer.transition(transition(++seq, "postgres", { generation, incident: 1 }));
    observer.transition(transition(++seq, "postgres", { ...up, generation, incident: 1 }));
  }
  observer.incident(spread);
  observer.incident({ ...spread, closedMs: startMs + 90_000, outcome: "recovered" });
  observer.transition(transition(seq + 1, "worker", { from: "restarting", to: "givenUp", incident: 2 }));
  observer.incident(incident(2, "worker", { outcome: "givenUp" }));
  metrics.alertsOpen(1);
  metrics.alertsSent("slack", "delivered");
  metrics.alertsSent("slack", "dropped");
}

/** A look at each service: most pass. */
export function attempts(metrics: MetricsObserver): void {
  for (const service of ["postgres", "redis", "auth"])
    for (const tookMs of [4, 20, 900])
      metrics.attempt?.({
        ...{ service, probe: "ready", kind: "tcp", status: tookMs > 500 ? "failed" : "passed", tookMs },
        ...{ atMs: startMs, monitored: true },
      });
}
