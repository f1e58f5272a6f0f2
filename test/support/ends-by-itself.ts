import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../lib/core/clock.ts";

/**
 * Runs probe-everything against addresses in a process of its own.
 * @returns what it printed, and whether it ended by itself once it had nothing left to do
 */
export async function probeEverything(
  addresses: readonly string[],
): Promise<{ lines: string[]; ended: boolean }> {
  const program = fileURLToPath(new URL("./probe-everything.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...addresses], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const done = Promise.withResolvers<void>();
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (text.endsWith("done\n")) done.resolve();
  });
  const exited = new Promise<boolean>((resolve) => child.once("exit", (code) => resolve(code === 0)));
  await Promise.race([done.promise, exited]);
  const ended = await Promise.race([exited, systemClock.sleep(10_000).then(() => false)]);
  child.kill("SIGKILL");
  return { lines: text.trim().split("\n"), ended };
}
