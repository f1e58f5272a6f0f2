import { Command, Option } from "commander";
import { describeMs } from "../core/duration.ts";
import type { AttemptReport } from "../model/control-answers.ts";
import type { ValidationLevel } from "../model/level.ts";
import { validationLevels } from "../model/level.ts";
import { connectStack } from "../control/running-stack.ts";

/** `phasegate validate SERVICE`: asks each probe once, from inside the stack's network. Exit code 1 when one fails. */
export function validateCommand(): Command {
  return new Command("validate")
    .summary("Run each probe of a service once, now")
    .description(
      "Run each probe of a service once, now, from inside the stack's network. The exit code is 1 if a probe does not pass.",
    )
    .argument("<service>")
    .addOption(
      new Option("--level <level>", "the validation level (default: the environment's level)").choices(
        validationLevels,
      ),
    )
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON")
    .action(async (service: string, options: { level?: ValidationLevel; stack?: string; json?: true }) => {
      const { coordinator } = await connectStack(options.stack);
      const show = (attempt: AttemptReport) => console.log(attemptText(attempt));
      const validation = await coordinator
        .call(
          "validate",
          { service, ...(options.level && { level: options.level }) },
          options.json ? undefined : show,
        )
        .finally(() => coordinator.close());
      const { passed, level, attempts } = validation;
      const count = attempts.filter(({ status }) => status === "passed").length;
      console.log(
        options.json
          ? JSON.stringify(validation, null, 2)
          : `${service} is ${passed ? "ready" : "not ready"}: ${count} of ${attempts.length} probes passed at level ${level}`,
      );
      process.exitCode = passed ? 0 : 1;
    });
}

function attemptText({ service, probe, status, tookMs, cause, measured }: AttemptReport): string {
  const mark = { passed: "✓", failed: "✗", unknown: "?" }[status];
  const speed = measured ? `, p95 ${describeMs(measured.p95Ms)} of ${measured.samples}` : "";
  const of = service === undefined ? "" : `${service} `;
  return `${mark} ${of}${probe} (${describeMs(tookMs)}${speed})${cause === undefined ? "" : `: ${cause}`}`;
}
