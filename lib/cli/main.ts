/**
 * The command `phasegate`: one file a subcommand. Exit codes: 0 yes, 1 no (not ready, not valid, not done), 2 it could not be asked,
 * 130 broken off by Ctrl-C.
 */
import { Command, CommanderError } from "commander";
import { errorText, PhasegateError, shownText } from "../core/errors.ts";
import { visibleText } from "../core/outside-text.ts";
import { alertsCommand } from "./alerts.ts";
import { calibrateCommand } from "./calibrate.ts";
import { diffCommand } from "./diff.ts";
import { eventsCommand } from "./events.ts";
import { graphCommand } from "./graph.ts";
import { historyCommand } from "./history.ts";
import { holdCommand } from "./hold.ts";
import { importCommand } from "./import.ts";
import { incidentsCommand } from "./incidents.ts";
import { latenciesCommand } from "./latencies.ts";
import { parityCommand } from "./parity.ts";
import { planCommand } from "./plan.ts";
import { releaseCommand } from "./release.ts";
import { reportCommand } from "./report.ts";
import { restartCommand } from "./restart.ts";
import { runCommand } from "./run.ts";
import { silenceCommand } from "./silence.ts";
import { startCommand } from "./start.ts";
import { statusCommand } from "./status.ts";
import { stopCommand } from "./stop.ts";
import { validateCommand } from "./validate.ts";

const program = new Command("phasegate")
  .description(
    "Asks a stack what it is doing, and what it has done; starts, stops and restarts its services in order; and shows what a declaration resolves to and what a change of it does.",
  )
  .exitOverride()
  .addCommand(statusCommand())
  .addCommand(eventsCommand())
  .addCommand(incidentsCommand())
  .addCommand(alertsCommand())
  .addCommand(silenceCommand())
  .addCommand(validateCommand())
  .addCommand(startCommand())
  .addCommand(stopCommand())
  .addCommand(restartCommand())
  .addCommand(runCommand())
  .addCommand(holdCommand())
  .addCommand(releaseCommand())
  .addCommand(reportCommand())
  .addCommand(historyCommand())
  .addCommand(latenciesCommand())
  .addCommand(calibrateCommand())
  .addCommand(graphCommand())
  .addCommand(planCommand())
  .addCommand(parityCommand())
  .addCommand(diffCommand())
  .addCommand(importCommand());

// Subcommands made elsewhere do not inherit it.
for (const command of program.commands) command.exitOverride();

// Whoever read has gone: "phasegate events --follow | head".
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said it already; help asked for is no error.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    console.error(
      error instanceof PhasegateError ? shownText(error) : `phasegate: ${visibleText(errorText(error))}`,
    );
    process.exitCode = 2;
  }
}
