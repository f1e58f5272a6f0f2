import { SetupError } from "./setup-error.mjs";

/**
 * Takes a command line apart.
 * @param {readonly string[]} args
 * @param {{ flags?: readonly string[] }} [known] options without a value that the command itself understands
 * @returns {{ stack: string | undefined, flags: ReadonlySet<string>, rest: string[] }} rest is what it does not know
 */
export function parseArguments(args, { flags: knownFlags = [] } = {}) {
  /** @type {string | undefined} */
  let stack;
  const flags = new Set();
  const rest = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--stack" || arg === "-s") {
      stack = args[++at];
      if (stack === undefined || stack.startsWith("-"))
        throw new SetupError(`${arg} needs the name of a stack, such as ${arg} dev`);
    } else if (arg.startsWith("--stack=")) stack = arg.slice("--stack=".length);
    else if (knownFlags.includes(arg)) flags.add(arg);
    else rest.push(arg);
  }
  return { stack, flags, rest };
}
