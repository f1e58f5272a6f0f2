import type { Command } from "commander";
import { command } from "../bootstrap/command.mjs";
import { forPeople } from "./for-people.ts";

/** Parses the command line and runs a command's body, and turns how it ends into an exit code. */
export async function runCommand(program: Command, body: () => Promise<number>): Promise<void> {
  await command(async () => {
    let code = 0;
    program.action(async () => {
      code = await forPeople(body());
    });
    await program.parseAsync();
    return code;
  });
}
