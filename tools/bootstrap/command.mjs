import { SetupError } from "./setup-error.mjs";

/**
 * Runs a command's body, and turns how it ends into an exit code.
 * @param {() => Promise<number>} body
 */
export async function command(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (!error.reported) process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
