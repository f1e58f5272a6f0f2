import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { addressText, publishedPorts } from "../model/container/ports.ts";
import { imageText } from "../model/image-text.ts";
import { isEnabled } from "../model/level.ts";
import type { LifecyclePlan, ServicePlan } from "../model/plan.ts";
import { planWarnings } from "../model/plan-warnings.ts";
import type { SupervisionSpec } from "../model/supervision.ts";
import { readStackPlan } from "../project/stack-plan.ts";

/** `phasegate plan --stack S`: what the declaration resolves to in one environment. Asks no engine. */
export function planCommand(): Command {
  return new Command("plan")
    .summary("Show what the declaration resolves to for one stack")
    .description(
      "Show what the declaration resolves to for one stack: phases, budgets, probes. Needs no engine.",
    )
    .requiredOption("--stack <name>", "the stack: dev, test, staging, prod")
    .option("--json", "print the whole plan as JSON")
    .action(async ({ stack, json }: { stack: string; json?: true }) => {
      const plan = await readStackPlan(process.cwd(), stack);
      for (const { path, message } of planWarnings(plan)) console.error(`warning: ${path}: ${message}`);
      console.log(json ? JSON.stringify(plan, null, 2) : planText(plan));
    });
}

/** The plan as a person reads it: phases in order, under each its services and their probes. */
export function planText(plan: LifecyclePlan): string {
  const usual = usualSupervision(Object.values(plan.services));
  const lines = [
    `${plan.name} in ${plan.environment} (stack ${plan.stack}), level ${plan.validationLevel}`,
    ...(usual === undefined ? [] : [`once ready: ${monitoringText(usual)}`]),
  ];
  for (const [name, phase] of Object.entries(plan.phases)) {
    const after = phase.dependsOn.length === 0 ? "at once" : `after ${phase.dependsOn.join(", ")}`;
    lines.push(
      "",
      `${phase.title} (${name}): ${after}, within ${phase.budget} (${phase.timeout} × ${plan.startupTimeoutMultiplier})`,
    );
    lines.push(alignColumns(phase.services.flatMap((service) => serviceRows(plan, service, usual))));
  }
  return lines.join("\n");
}

/** How most of the services are watched: it is said once. */
function usualSupervision(services: readonly ServicePlan[]): SupervisionSpec | undefined {
  const watched = services
    .filter(({ readiness }) => !readiness.job && !readiness.external)
    .map(({ supervision }) => supervision);
  const [most] = [...Map.groupBy(watched, (one) => monitoringText(one)).values()].sort(
    (a, b) => b.length - a.length,
  );
  return most?.[0];
}

function monitoringText(supervision: SupervisionSpec, external = false): string {
  const { interval, failureThreshold, successThreshold, intensity, slow } = supervision;
  const failures =
    failureThreshold === 1 ? "1 failure counts" : `${failureThreshold} failures in a row count`;
  return [
    `probed every ${interval}, ${failures}`,
    ...(successThreshold === 1 ? [] : [`${successThreshold} passes in a row end them`]),
    external ? "never restarted: it is external" : intensityText(intensity),
    ...(slow
      ? [`slow where the p95 of ${slow.window} is over ${slow.factor} × that of the rest of ${slow.baseline}`]
      : []),
  ].join("; ");
}

function intensityText({ restarts, within }: SupervisionSpec["intensity"]): string {
  return restarts === 0
    ? "never restarted"
    : `at most ${restarts} ${restarts === 1 ? "restart" : "restarts"} within ${within}`;
}

function serviceRows(plan: LifecyclePlan, name: string, usual?: SupervisionSpec): string[][] {
  const service = plan.services[name];
  if (service === undefined) return [];
  const { readiness } = service;
  const probes = Object.entries(readiness.probes).map(([probe, { kind, level, timeout, ...rest }]) => [
    `    ${isEnabled(plan.validationLevel, { level, ...rest }) ? "✓" : "-"} ${probe}`,
    kind,
    `timeout ${timeout}${rest.whenFailing === undefined ? "" : `, when failing: ${rest.whenFailing}`}`,
  ]);
  // A job's probes are over when it has ended.
  const text = (supervision: SupervisionSpec) =>
    readiness.job ? intensityText(supervision.intensity) : monitoringText(supervision, readiness.external);
  const watched = text(service.supervision);
  return [
    [
      `  ${name}`,
      service.external
        ? `external, ${service.external.host}:${service.external.port}`
        : imageText(service.image),
      publishedPorts(service).map(addressText).join(", "),
    ],
    ...probes,
    ...(readiness.minReady === undefined
      ? []
      : [["    counts as ready", "", `once it has stayed ready for ${readiness.minReady}`]]),
    ...(usual && watched === text(usual) ? [] : [["    once ready", "", watched]]),
  ];
}
