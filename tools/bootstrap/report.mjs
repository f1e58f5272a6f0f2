// One line a step: what it did and how long it took.
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {{ did: string } | { was: string }} Result what a step did, or what it found already there
 * @typedef {(text: string) => void} Progress says what a long step is at
 * @typedef {ReturnType<typeof createReport>} Report
 */

/** "340 ms", "4.1 s", "3 m 20 s". @param {number} ms */
export function spokenTime(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} m ${Math.floor((ms % 60_000) / 1000)} s`;
}

/** @param {NodeJS.WriteStream} stream where the lines go */
export function createReport(stream) {
  const colours = stream.isTTY && !process.env["NO_COLOR"];
  /** @param {number} code @param {string} text */
  const paint = (code, text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  /** @param {string} mark @param {string} name @param {string} text */
  const line = (mark, name, text) => stream.write(`${mark} ${name.padEnd(12)} ${text}\n`);

  return {
    /** A headline. @param {string} text */
    headline: (text) => void stream.write(`\n${paint(1, `── ${text} ──`)}\n`),
    /** A plain line. @param {string} text */
    say: (text) => void stream.write(`${text}\n`),
    /**
     * Runs one step and says what came of it.
     * @template {Result} R
     * @param {string} name
     * @param {(progress: Progress) => Promise<R> | R} work
     * @returns {Promise<R>}
     */
    async step(name, work) {
      const start = performance.now();
      try {
        const result = await work((text) => line(paint(33, "…"), name, text));
        const took = performance.now() - start;
        if ("did" in result)
          line(paint(32, "✓"), name, `${result.did.padEnd(52)} ${paint(2, spokenTime(took).padStart(8))}`);
        else line(paint(2, "·"), name, paint(2, result.was));
        return result;
      } catch (error) {
        if (error instanceof SetupError && !error.reported) {
          error.reported = true;
          line(paint(31, "✗"), name, error.message.replaceAll("\n", `\n${" ".repeat(15)}`));
        }
        throw error;
      }
    },
  };
}
