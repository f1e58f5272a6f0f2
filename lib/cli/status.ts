import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { describeMs } from "../core/duration.ts";
import type { ServiceStatus } from "../model/status.ts";
import { upCommand } from "../model/stack-command.ts";
import { startTimes } from "../model/start-times.ts";
import { connectStack } from "../control/running-stack.ts";

/** `phasegate status`: each service's state, probes, timeline and gap. Exit code 1 when one is not ready. */
export function statusCommand(): Command {
  return new Command("status")
    .description("each service's state, probes, timeline and gap; exit code 1 when one is not ready")
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--json", "as JSON")
    .action(async (options: { stack?: string; json?: true }) => {
      const { stack, declaration, coordinator } = await connectStack(options.stack);
      const { services, problems } = await coordinator.call("status", {});
      coordinator.close();
      console.log(
        options.json
          ? JSON.stringify({ declaration, stack, services, problems }, null, 2)
          : statusText(declaration, stack, services),
      );
      if (problems.length > 0 && !options.json) console.log(`\n${problems.join("\n")}`);
      process.exitCode = services.length > 0 && services.every(({ state }) => state === "ready") ? 0 : 1;
    });
}

/** The status as a table of services, each followed by its probes. */
export function statusText(declaration: string, stack: string, services: readonly ServiceStatus[]): string {
  if (services.length === 0)
    return `${declaration} (${stack}): the coordinator knows no service. ${upCommand(stack)} registers them.`;
  const header = ["service", "phase", "state", "engine-healthy", "ready", "budget", "gap", "restarts"];
  const table = alignColumns([header, ...services.map(serviceRow)]).split("\n");
  const probes = alignColumns(services.flatMap(({ probes }) => probes.map(probeRow))).split("\n");
  const lines = [`${declaration} (${stack})`, table[0]];
  for (const [i, { probes: own }] of services.entries())
    lines.push(table[i + 1], ...probes.splice(0, own.length));
  return lines.join("\n");
}

function serviceRow(status: ServiceStatus): string[] {
  const { engineHealthy, ready, budget, gap } = startTimes(status);
  const { service, phase, state, restarts } = status;
  return [service, phase, state, engineHealthy, ready, budget, gap, String(restarts)];
}

function probeRow({
  name,
  passing,
  attempts,
  measured,
  lastCause,
}: ServiceStatus["probes"][number]): string[] {
  const speed = measured ? `p95 ${describeMs(measured.p95Ms)} of ${measured.samples}` : "";
  const note = passing ? speed : (lastCause?.text ?? "");
  return [`  ${passing ? "✓" : "✗"} ${name}`, `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`, note];
}
