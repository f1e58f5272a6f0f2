import { spawn } from "node:child_process";

/**
 * Runs a command to its end and answers with what it wrote. It leads a process group of its own: a Ctrl-C reaches
 * this process alone, which ends the command by the signal and tidies up.
 * @throws Error with the first lines that it wrote to stderr; the signal's reason when that aborts
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const end = () => void child.kill("SIGTERM");
    signal?.addEventListener("abort", end);
    child.on("error", (error) => {
      signal?.removeEventListener("abort", end);
      reject(error);
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(reasonOf(signal));
      else if (code === 0) resolve(output);
      else
        reject(new Error(`"${command} ${args.join(" ")}" ended with code ${code}:\n${firstLines(errors)}`));
    });
  });
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function firstLines(text: string): string {
  return text
    .trim()
    .split("\n")
    .slice(0, 12)
    .map((line) => `  ${line}`)
    .join("\n");
}
