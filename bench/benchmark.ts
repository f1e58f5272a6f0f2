/** What all benchmarks have in common: their command lines, how they are interrupted, and where their results go. */
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Duration } from "../lib/core/duration.ts";
import { isDuration } from "../lib/core/duration.ts";
import { errorText } from "../lib/core/errors.ts";
import { writeSection } from "./docs-section.ts";

/** A benchmark while it runs. */
export interface Bench {
  /** Aborted by Ctrl-C and by SIGTERM. The benchmark then takes away what it has made. */
  readonly signal: AbortSignal;
  /** Shows what is going on, beside the result. */
  readonly say: (text: string) => void;
}

/** What a benchmark has found out. */
export interface Measurement {
  /** All of it, for --json. */
  readonly measured: object;
  /** For people: text and tables in Markdown. */
  readonly report: string;
  /** The name of its marks in docs/benchmarks.md, which --docs writes between. */
  readonly section?: string;
}

/** The command line of a benchmark, without options. {@link runBenchmark} runs it. */
export function benchmark(name: string, description: string): Command {
  return new Command("npm run bench --")
    .usage(`${name} [options]`)
    .description(description)
    .configureHelp({ helpWidth: 110 });
}

/** A whole number from 1 on, as an option's value. */
export function wholeNumber(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("A whole number from 1 on.");
  return count;
}

/** Several whole numbers from 1 on, with commas between. */
export const wholeNumbers = (text: string): readonly number[] => text.split(",").map(wholeNumber);

/** A number from 0 on, as an option's value. */
export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0)) throw new InvalidArgumentError("A number from 0 on.");
  return value;
}

/** A duration, as an option's value: "100ms". */
export function duration(text: string): Duration {
  if (!isDuration(text)) throw new InvalidArgumentError('A duration, such as "100ms" or "5s".');
  return text;
}

/** Several durations, with commas between. */
export const durations = (text: string): readonly Duration[] => text.split(",").map(duration);

export const runsOption = (runs: number, what = "how often each is measured, in turn") =>
  new Option("--runs <n>", what).argParser(wholeNumber).default(runs);

export const jsonOption = () => new Option("--json <file>", "write everything that was measured to a file");

export const docsOption = () => new Option("--docs", "write the tables into docs/benchmarks.md");

/** The options of a benchmark that compares phasegate with compose, in turn. */
export interface RivalOptions {
  readonly runs: number;
  /** Seconds. */
  readonly quietWait: number;
  readonly compose: boolean;
}

/** Gives a command the options of {@link RivalOptions}, and --json and --docs. */
export const withRivalOptions = (command: Command, runs: Option = runsOption(10)): Command =>
  command
    .addOption(runs)
    .addOption(
      new Option(
        "--quiet-wait <seconds>",
        "how long it waits, before the first run, for a machine that does nothing else",
      )
        .argParser(notNegative)
        .default(60),
    )
    .option("--no-compose", "leave docker compose out")
    .addOption(jsonOption())
    .addOption(docsOption());

/** Where a result goes besides the terminal. */
interface ResultOptions {
  readonly json?: string;
  readonly docs?: true;
}

/**
 * Parses the command line, which the command then has, runs a benchmark, and shows what came of it. An interruption ends it with code 130, once it has taken away
 * what it had made.
 */
export async function runBenchmark(
  command: Command,
  measure: (bench: Bench) => Promise<Measurement> | Measurement,
): Promise<void> {
  command.parse();
  const { json, docs } = command.opts<ResultOptions>();
  const abort = new AbortController();
  const { signal } = abort;
  const interrupt = () => {
    if (!signal.aborted) process.stderr.write("\nInterrupted: taking away what was made.\n");
    abort.abort(new Error("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const say = (text: string) => void process.stderr.write(`  … ${text}\n`);
    const { measured, report, section } = await measure({ signal, say });
    signal.throwIfAborted();
    console.log(`\n${report}`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(measured, null, 2)}\n`);
    if (docs && section !== undefined) await writeSection(section, report);
  } catch (error) {
    if (!signal.aborted) console.error(errorText(error));
    process.exitCode = signal.aborted ? 130 : 1;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
