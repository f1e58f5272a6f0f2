import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { systemClock } from "../../lib/core/clock.ts";
import { debianTool } from "../../tools/setup/debian-tools.ts";
import { metricsSettings, portOf, servedMetrics, takenPort } from "../support/metrics.ts";
import { atFirst, attempts, troubledHistory } from "../support/observed-history.ts";
import { prometheusProcess } from "../support/prometheus.ts";

interface Dashboard {
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(readFileSync("ops/grafana/phasegate-dashboard.json", "utf8")) as Dashboard;
const rules = (parse(readFileSync("ops/prometheus/phasegate.rules.yml", "utf8")) as Rules).groups.flatMap(
  (group) => group.rules,
);

/** A query as Grafana sends it, with all stacks chosen. */
function asSent(expr: string): string {
  return expr.replaceAll("$stack", ".*").replaceAll("$__rate_interval", "1m").replaceAll("$__range", "1h");
}

const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }, n): [string, string] => [`${title}, query ${n + 1}`, asSent(expr)]),
);
const annotations = dashboard.annotations.list.map(({ name, expr }): [string, string] => [
  name,
  asSent(expr),
]);

const { metrics } = servedMetrics({ known: () => atFirst, historyProblem: () => "the disk is full" });
let probing: NodeJS.Timeout;
let prometheus: Awaited<ReturnType<typeof prometheusProcess>>;

beforeAll(async () => {
  metrics.configure(metricsSettings);
  const port = await portOf(metrics);
  // Another stack, whose coordinator is not there.
  const gone = await takenPort();
  await gone.free();
  prometheus = await prometheusProcess([`127.0.0.1:${port}`, `127.0.0.1:${gone.port}`]);
  metrics.alertsSent("slack", "failed");
  // What comes after the first scrape is an increase.
  while ((await prometheus.query('phasegate_alerts_sent_total{result="dropped"}')).length === 0)
    await systemClock.sleep(100);
  troubledHistory(metrics);
  probing = setInterval(() => attempts(metrics), 250);
});
afterAll(async () => {
  clearInterval(probing);
  metrics.close();
  await prometheus?.[Symbol.asyncDispose]();
});

const answers = (query: string) =>
  expect.poll(() => prometheus.query(query), { timeout: 30_000, interval: 200 }).not.toEqual([]);

describe("a real Prometheus, with what phasegate ships, reads the metrics", () => {
  it("has queries and rules to check", () => {
    expect(panels.length).toBeGreaterThan(25);
    expect(rules.length).toBeGreaterThan(20);
  });

  it.each(panels)("the dashboard's panel %s has series", (_, query) => answers(query));

  it.each(annotations)("the dashboard's annotation %s has series", (_, query) => answers(query));

  it("the dashboard's list of stacks has the stack", async () => {
    const own = dashboard.templating.list.find(({ name }) => name === "stack");
    const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(own?.definition ?? "") ?? [];
    const path = `/api/v1/label/${label}/values?match[]=${metric}`;
    expect(await prometheus.get(path)).toEqual(["netra-dev"]);
  });

  it.each(rules.map(({ record, alert, expr }): [string, string] => [record ?? alert ?? "", record ?? expr]))(
    "the rule %s has series",
    (_, query) => answers(query),
  );

  it("its rules are evaluated without errors", async () => {
    const { groups } = (await prometheus.get("/api/v1/rules")) as {
      groups: { rules: { name: string; lastError?: string; health: string }[] }[];
    };
    const sick = groups.flatMap((group) => group.rules).filter(({ health }) => health === "err");
    expect(sick).toEqual([]);
  });

  it("measures what has happened", async () => {
    const values = async (query: string) =>
      (await prometheus.query(query)).map(({ metric, value }) => [metric["service"], Number(value[1])]);
    expect(await values("phasegate:service_startup_duration_seconds:mean == 28")).toHaveLength(3);
    expect(await values("phasegate_incidents_open > 0")).toEqual([["worker", 1]]);
    expect(await values('phasegate_service_restarts_total{cause="exited"} > 0')).toEqual([["postgres", 8]]);
  });
});

describe("Prometheus' and Alertmanager's own tools", () => {
  const run = (tool: "promtool" | "amtool", args: readonly string[], input = ""): string =>
    execFileSync(debianTool(tool), args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });

  it("take the rules, their tests and the configurations", () => {
    expect(run("promtool", ["check", "rules", "ops/prometheus/phasegate.rules.yml"])).toContain("SUCCESS");
    expect(run("promtool", ["check", "config", "ops/prometheus/prometheus.yml"])).toContain("SUCCESS");
    expect(run("promtool", ["test", "rules", "ops/prometheus/phasegate.rules.test.yml"])).toContain(
      "SUCCESS",
    );
    expect(run("amtool", ["check-config", "ops/alertmanager/alertmanager.yml"])).toContain("SUCCESS");
  });

  it("find nothing wrong with the names and units of the metrics", async () => {
    const text = await (await fetch(`http://127.0.0.1:${await portOf(metrics)}/metrics`)).text();
    const own = text
      .split("\n")
      .filter((line) => /^(# \w+ )?phasegate_/.test(line))
      .join("\n");
    expect(run("promtool", ["check", "metrics"], `${own}\n`)).toBe("");
  });

  it.each(rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])))(
    "the alert %s has a test",
    (alert) => {
      expect(readFileSync("ops/prometheus/phasegate.rules.test.yml", "utf8")).toContain(
        `alertname: ${alert}`,
      );
    },
  );
});
