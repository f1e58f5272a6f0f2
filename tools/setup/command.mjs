import { SetupError } from "./setup-error.mjs";

/**
 * Runs a command's body, and turns how it ends into an exit code.
 * @param {string} help shown for --help
 * @param {(args: readonly string[]) => Promise<number>} body
 */
export async function command(help, body) {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(`${help.trim()}\n`);
    return;
  }
  try {
    process.exitCode = await body(args);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (!error.reported) process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
