// Runs a program in the foreground: it has the terminal, and this process ends when it does, with its exit code.
import { spawn } from "node:child_process";

/**
 * @param {string} command @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd: string }} options
 * @returns {Promise<number>} its exit code; 128 and the signal's number if a signal ended it
 */
export function runInForeground(command, args, { env, cwd }) {
  const hasTerminal = process.stdin.isTTY;
  return new Promise((resolve, reject) => {
    // A terminal sends Ctrl-C to every process of its foreground group. Without one the program gets a group of its own
    // and signals by way of this process alone: Pulumi takes a second SIGINT as "stop at once, whatever is under way".
    const child = spawn(command, args, { env, cwd, stdio: "inherit", detached: !hasTerminal });
    let interruptedAtMs = -Infinity;
    const onInterrupt = () => {
      // npm passes on to us what the terminal or the group has already delivered: once is enough.
      if (!hasTerminal && performance.now() - interruptedAtMs > 1000) child.kill("SIGINT");
      interruptedAtMs = performance.now();
    };
    // Pulumi understands SIGINT as "finish what is under way and stop", and would die of SIGTERM with its lock held.
    const onTerminate = () => void child.kill("SIGINT");
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onTerminate);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
      resolve(code ?? 128 + (signal === "SIGKILL" ? 9 : signal === "SIGTERM" ? 15 : 2));
    });
  });
}
