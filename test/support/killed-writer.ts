import { spawn } from "node:child_process";
import { systemClock } from "../../lib/core/clock.ts";

/**
 * Lets a program write to a file for a while after its first line, kills it, and gives the number in its last line: what
 * it had written for certain.
 * @throws Error when it ends by itself
 */
export async function killedWriter(program: URL, file: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program.pathname, file], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const begun = Promise.withResolvers<void>();
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    begun.resolve();
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("close", (_, signal) => resolve(signal)),
  );
  await Promise.race([begun.promise, ended]);
  await systemClock.sleep(afterMs);
  child.kill("SIGKILL");
  if ((await ended) !== "SIGKILL") throw new Error("the writer ended by itself");
  // A kill may come in the middle of a line, which then has no end.
  return Number(text.split("\n").at(-2));
}
