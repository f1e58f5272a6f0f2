/**
 * The command `phasegate`: one file a subcommand. Exit codes: 0 yes, 1 no (not ready, not valid, not done), 2 it could not be asked,
 * 130 broken off by Ctrl-C.
 */
import { Command, CommanderError } from "commander";
import { errorText, PhasegateError, shownText } from "../core/errors.ts";
import { visibleText } from "../core/outside-text.ts";
import { commands } from "./commands.ts";

const program = new Command("phasegate")
  .description(
    "Show what a stack is doing and what it has done; start, stop and restart its services in order; and show what a declaration resolves to and what a change to it does.",
  )
  .exitOverride();
for (const command of commands()) program.addCommand(command);

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
