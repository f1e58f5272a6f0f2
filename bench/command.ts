import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  /** When it aborts, the command is interrupted, and killed if it does not end. */
  readonly signal: AbortSignal;
}

export interface Finished {
  readonly stdout: string;
  /** From the start of the process to its end. */
  readonly tookMs: number;
}

/** How long an interrupted command has until it is killed. */
const endsWithinMs = 10_000;

/**
 * Runs a command to its end and says how long it took. It leads a process group of its own, so that a Ctrl-C
 * reaches this process alone, which then ends the command and cleans up.
 * @throws Error with the last lines that the command wrote, when it fails or is aborted
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, input, signal }: CommandOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const began = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: "pipe", detached: true });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    // The exit code shows a program that ends without reading its input.
    child.stdin.on("error", () => undefined).end(input);

    let timer: NodeJS.Timeout | undefined;
    const interrupt = () => {
      // The first means "finish what is under way", which may be a gate with minutes to go; the second means "now".
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 200);
      timer = setTimeout(() => endGroup(child.pid), endsWithinMs);
    };
    signal.addEventListener("abort", interrupt, { once: true });
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", interrupt);
    };
    child.on("error", (error) => {
      finish();
      reject(error);
    });
    child.on("close", (code) => {
      finish();
      const tookMs = performance.now() - began;
      if (signal.aborted) reject(new Error("interrupted"));
      else if (code === 0) resolve({ stdout, tookMs });
      else reject(new Error(`${command} ${args.join(" ")} ended with code ${code}:\n${lastLines(output)}`));
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-30).join("\n");
}
