import { afterEach, describe, expect, it } from "vitest";
import type { MetricsObserver } from "../../../../lib/coordinator/observers/metrics/metrics-observer.ts";
import { metricsSettings, scraped, servedMetrics } from "../../../support/metrics.ts";
import { gateRecord, lateRecord, startRecord } from "../../../support/records.ts";
import { startMs } from "../../../support/statuses.ts";
import { incident, transition } from "../../../support/transitions.ts";

let ended: (() => void) | undefined;
afterEach(() => ended?.());

function counting(...args: Parameters<typeof servedMetrics>): MetricsObserver {
  const { metrics } = servedMetrics(...args);
  ended = () => metrics.close();
  metrics.configure(metricsSettings);
  return metrics;
}

describe("what is counted", () => {
  it("shows the state of each service by its transitions", async () => {
    const metrics = counting({
      known: () => ({
        services: [
          { service: "redis", phase: "data", state: "ready", budgetMs: 60_000 },
          { service: "auth", phase: "business", state: "ready", budgetMs: 90_000 },
        ],
        incidents: [],
      }),
    });
    metrics.transition?.(transition(1, "redis"));
    const lines = await scraped(metrics);
    expect(lines).toContain('phasegate_service_state{service="redis",state="ready"} 0');
    expect(lines).toContain('phasegate_service_state{service="redis",state="restarting"} 1');
    expect(lines).toContain('phasegate_service_state{service="auth",state="ready"} 1');
    expect(lines).toContain('phasegate_service_startup_budget_seconds{service="auth",phase="business"} 90');
    expect(lines).toContain('phasegate_service_restarts_total{service="redis",cause="exited"} 1');
    expect(lines).toContain('phasegate_service_restarts_total{service="auth",cause="exited"} 0');
  });

  it("counts a start once, however often its record comes, and its gap when it is known", async () => {
    const metrics = counting();
    const record = startRecord("auth", 2500);
    metrics.start?.(7, { ...record, outcome: "under-way" });
    metrics.start?.(7, record);
    const healthy = { ...record, status: { ...record.status, healthyMs: startMs + 1000 } };
    metrics.start?.(7, healthy);
    metrics.start?.(7, healthy);
    metrics.start?.(8, lateRecord("auth", 270_000));
    const lines = await scraped(metrics);
    const own = 'service="auth",phase="infrastructure"';
    expect(lines).toContain(`phasegate_service_starts_total{${own},outcome="ready"} 1`);
    expect(lines).toContain(`phasegate_service_startup_duration_seconds_sum{${own}} 2.5`);
    expect(lines).toContain(`phasegate_service_startup_duration_seconds_count{${own}} 1`);
    expect(lines).toContain(`phasegate_service_startup_gap_seconds_sum{${own}} 1.5`);
    expect(lines).toContain(`phasegate_service_startup_gap_seconds_count{${own}} 1`);
    expect(lines).toContain(
      'phasegate_readiness_validation_failures_total{phase="infrastructure",service="auth",reason="deadline"} 1',
    );
  });

  it("counts one restart that follows another, and not one that is only told otherwise", async () => {
    const metrics = counting();
    const again = { from: "restarting", to: "restarting" } as const;
    metrics.transition?.(transition(1, "redis", { generation: 2 }));
    metrics.transition?.(transition(2, "redis", { ...again, generation: 2 }));
    metrics.transition?.(transition(3, "redis", { ...again, generation: 3 }));
    expect(await scraped(metrics)).toContain(
      'phasegate_service_restarts_total{service="redis",cause="exited"} 2',
    );
  });

  it("shows the state of a service that has not changed yet", async () => {
    const metrics = counting();
    const record = startRecord("auth", 0);
    metrics.start?.(1, { ...record, outcome: "under-way", status: { ...record.status, state: "starting" } });
    expect(await scraped(metrics)).toContain('phasegate_service_state{service="auth",state="starting"} 1');
  });

  it("does not count as a start what was proven again", async () => {
    const metrics = counting();
    metrics.start?.(1, startRecord("auth", 100, { fromStart: false }));
    expect(await scraped(metrics)).toContain(
      'phasegate_service_startup_duration_seconds_count{service="auth",phase="infrastructure"} 0',
    );
  });

  it("counts an incident once, as a cascade once it has reached another service, and its time when it closes", async () => {
    const metrics = counting();
    metrics.incident?.(incident(3, "redis"));
    const spread = incident(3, "redis", { services: { redis: "ready", auth: "restarting" } });
    metrics.incident?.(spread);
    metrics.incident?.(spread);
    expect(await scraped(metrics)).toContain('phasegate_incidents_open{service="redis"} 1');
    const closed = { ...spread, closedMs: spread.openedMs + 42_000, outcome: "recovered" as const };
    metrics.incident?.(closed);
    metrics.incident?.(closed);
    const lines = await scraped(metrics);
    expect(lines).toContain('phasegate_incidents_total{service="redis"} 1');
    expect(lines).toContain('phasegate_cascade_failures_total{service="redis"} 1');
    expect(lines).toContain('phasegate_incidents_open{service="redis"} 0');
    expect(lines).toContain('phasegate_incidents_closed_total{service="redis",outcome="recovered"} 1');
    expect(lines).toContain('phasegate_incident_duration_seconds_sum{outcome="recovered"} 42');
  });

  it("takes up an incident that was open when it began, and does not count it again", async () => {
    const metrics = counting({ known: () => ({ services: [], incidents: [incident(9, "redis")] }) });
    expect(await scraped(metrics)).toContain('phasegate_incidents_open{service="redis"} 1');
    metrics.incident?.(incident(9, "redis", { closedMs: startMs + 1000, outcome: "recovered" }));
    const lines = await scraped(metrics);
    expect(lines).toContain('phasegate_incidents_total{service="redis"} 0');
    expect(lines).toContain('phasegate_incidents_open{service="redis"} 0');
  });

  it("counts gates, edges and deployments by their outcome and time", async () => {
    const metrics = counting();
    metrics.verdict?.(gateRecord("data", true, { beganMs: startMs - 4000 }));
    metrics.verdict?.(
      gateRecord("business", false, { edges: { statuses: [], usedMs: 3000, budgetMs: 3000 } }),
    );
    metrics.deployment?.({ beganMs: startMs, endedMs: startMs + 9000, outcome: "failed", phase: "business" });
    const lines = await scraped(metrics);
    expect(lines).toContain('phasegate_gates_total{phase="data",outcome="opened"} 1');
    expect(lines).toContain('phasegate_gate_duration_seconds_sum{phase="data",outcome="opened"} 4');
    expect(lines).toContain('phasegate_gates_total{phase="business",outcome="edgesFailed"} 1');
    expect(lines).toContain('phasegate_gate_open{phase="business"} 0');
    expect(lines).toContain('phasegate_deployments_total{outcome="failed"} 1');
    expect(lines).toContain('phasegate_deployments_total{outcome="succeeded"} 0');
    expect(lines).toContain('phasegate_deployment_duration_seconds_sum{outcome="failed"} 9');
  });

  it("measures how long probes take once the service is up, and counts all of them", async () => {
    const metrics = counting();
    const attempt = { service: "redis", probe: "ping", kind: "redis-ping", atMs: startMs } as const;
    metrics.attempt?.({ ...attempt, status: "failed", tookMs: 1, monitored: false });
    metrics.attempt?.({ ...attempt, status: "passed", tookMs: 20, monitored: true });
    metrics.attempt?.({ ...attempt, status: "unknown", tookMs: 5000, monitored: true });
    const lines = await scraped(metrics);
    const own = 'service="redis",probe="ping"';
    expect(lines).toContain(`phasegate_probe_attempts_total{${own},during="start",outcome="failed"} 1`);
    expect(lines).toContain(`phasegate_probe_attempts_total{${own},during="monitoring",outcome="unknown"} 1`);
    expect(lines).toContain(`phasegate_probe_duration_seconds_sum{${own}} 0.02`);
    expect(lines).toContain(`phasegate_probe_duration_seconds_count{${own}} 1`);
  });

  it("puts the probes past the bound together, and says so once", async () => {
    const { metrics, logged } = servedMetrics();
    ended = () => metrics.close();
    metrics.configure(metricsSettings);
    for (let n = 0; n < 310; n++)
      metrics.attempt?.({
        ...{ service: "s", probe: `p${n}`, kind: "tcp", status: "passed", tookMs: 1, atMs: startMs },
        monitored: true,
      });
    const lines = await scraped(metrics);
    expect(lines).toContain('phasegate_probe_duration_seconds_count{service="s",probe="p299"} 1');
    expect(lines).toContain('phasegate_probe_duration_seconds_count{service="other",probe="other"} 10');
    expect(lines).toContain("phasegate_probe_labels_folded 1");
    expect(logged.filter(({ event }) => event === "metrics-folded")).toEqual([
      { event: "metrics-folded", fields: { service: "s", probe: "p300", most: 300 } },
    ]);
  });

  it("shows alerts, the coordinator's own health, and what the stack is called", async () => {
    const metrics = counting({ historyProblem: () => "the disk is full" });
    metrics.alertsOpen(2);
    metrics.alertsSent("slack", "delivered");
    const lines = await scraped(metrics);
    expect(lines).toContain("phasegate_alerts_open 2");
    expect(lines).toContain('phasegate_alerts_sent_total{sink="slack",result="delivered"} 1');
    expect(lines).toContain("phasegate_history_problem 1");
    expect(lines).toContain("phasegate_coordinator_start_time_seconds 1700000000");
    expect(lines).toContain('phasegate_info{declaration="netra",environment="development"} 1');
    expect(lines.some((line) => line.startsWith("nodejs_eventloop_lag_p99_seconds"))).toBe(true);
  });

  it("shows nothing more of a service that has left the declaration", async () => {
    const metrics = counting();
    metrics.transition?.(transition(1, "redis"));
    metrics.start?.(1, startRecord("redis", 1000));
    metrics.forgotten?.("redis");
    const lines = await scraped(metrics);
    expect(lines.filter((line) => /^phasegate_service_(state|startup_budget).*redis/.test(line))).toEqual([]);
  });
});
