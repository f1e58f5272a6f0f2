import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { isEnabled } from "../model/level.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { plainSecrets } from "../model/plain-secrets.ts";
import { readStackPlan } from "../project/stack-plan.ts";

/** `phasegate plan --stack S`: what the declaration resolves to in one environment. Asks no engine. */
export function planCommand(): Command {
  return new Command("plan")
    .description("what the declaration resolves to for one stack: phases, budgets, probes; asks no engine")
    .requiredOption("--stack <name>", "the stack: dev, test, staging, prod")
    .option("--json", "the whole plan as JSON")
    .action(async ({ stack, json }: { stack: string; json?: true }) => {
      const plan = await readStackPlan(process.cwd(), stack);
      for (const { path, message } of plainSecrets(plan)) console.error(`warning: ${path}: ${message}`);
      console.log(json ? JSON.stringify(plan, null, 2) : planText(plan));
    });
}

/** The plan as a person reads it: phases in order, under each its services and their probes. */
export function planText(plan: LifecyclePlan): string {
  const lines = [`${plan.name} in ${plan.environment} (stack ${plan.stack}), level ${plan.validationLevel}`];
  for (const [name, phase] of Object.entries(plan.phases)) {
    const after = phase.dependsOn.length === 0 ? "at once" : `after ${phase.dependsOn.join(", ")}`;
    lines.push(
      "",
      `${phase.title} (${name}): ${after}, within ${phase.budget} (${phase.timeout} × ${plan.startupTimeoutMultiplier})`,
    );
    lines.push(alignColumns(phase.services.flatMap((service) => serviceRows(plan, service))));
  }
  return lines.join("\n");
}

function serviceRows(plan: LifecyclePlan, name: string): string[][] {
  const service = plan.services[name];
  if (service === undefined) return [];
  const { image, published, readiness } = service;
  const probes = Object.entries(readiness.probes).map(([probe, { kind, level, timeout, ...rest }]) => [
    `    ${isEnabled(plan.validationLevel, { level, ...rest }) ? "✓" : "-"} ${probe}`,
    kind,
    `timeout ${timeout}`,
  ]);
  return [
    [
      `  ${name}`,
      "reference" in image ? image.reference : image.bundle,
      published ? `${published.ip}:${published.port}` : "",
    ],
    ...probes,
  ];
}
