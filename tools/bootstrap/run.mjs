// Runs other programs: their output is kept for the message if they fail, not shown.
import { spawn } from "node:child_process";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] default: this process's
 * @property {string} [cwd] default: this process's
 * @property {number} [timeoutMs] after which the program is killed; default: never
 * @property {(pid: number) => void} [onStart]
 */

/** @type {Set<number>} */
const running = new Set();

process.on("exit", () => {
  for (const pid of running) signalGroup(pid, "SIGTERM");
});

for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])) {
  process.on(signal, () => {
    // With a program in the foreground (see foreground.mjs) it is that program's end which ends this process.
    if (process.listenerCount(signal) > 1) return;
    process.exit(code);
  });
}

/**
 * Runs a program to its end.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} code 127 if there is no such program; output is both streams
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that it can be ended as a whole.
      detached: true,
    });
    const pid = child.pid ?? 0; // 0 if there is no such program.
    if (pid !== 0) {
      running.add(pid);
      options.onStart?.(pid);
    }
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(signalGroup, options.timeoutMs, pid, "SIGTERM");
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => ((stdout += text), (output += text)));
    child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => finish(127, error.message));
    child.on("close", (code, signal) => finish(code ?? 1, signal === null ? "" : `ended by ${signal}`));
    /** @param {number} code @param {string} note */
    const finish = (code, note) => {
      running.delete(pid);
      clearTimeout(timer);
      resolve({ code, stdout, output: note === "" ? output : `${output}${note}\n` });
    };
  });
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  if (pid <= 0) return; // Would be this process's own group.
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs a program that must succeed.
 * @param {string} purpose for the message: "could not PURPOSE"
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output
 */
export async function mustRun(purpose, command, args, options) {
  const { code, stdout, output } = await run(command, args, options);
  if (code !== 0)
    throw new SetupError(
      `could not ${purpose}: \`${command} ${args.join(" ")}\` ended with code ${code}\n${lastLines(output, 15)}`,
    );
  return stdout;
}

/** @param {string} text @param {number} count */
export function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
