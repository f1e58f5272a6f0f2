/** The command `phasegate`: one file a subcommand. Exit codes: 0 yes, 1 no (not ready, not valid), 2 it could not be asked. */
import { Command, CommanderError } from "commander";
import { errorText, PhasegateError, shownText } from "../core/errors.ts";
import { importCommand } from "./import.ts";
import { planCommand } from "./plan.ts";
import { statusCommand } from "./status.ts";
import { validateCommand } from "./validate.ts";

const program = new Command("phasegate")
  .description(
    "Asks a stack what it is doing, proves a service, shows what a declaration resolves to, and makes one of compose files.",
  )
  .exitOverride()
  .addCommand(statusCommand())
  .addCommand(validateCommand())
  .addCommand(planCommand())
  .addCommand(importCommand());

// Subcommands made elsewhere do not inherit it.
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said it already; help asked for is no error.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    console.error(error instanceof PhasegateError ? shownText(error) : `phasegate: ${errorText(error)}`);
    process.exitCode = 2;
  }
}
