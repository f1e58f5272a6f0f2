import type { Context } from "node:vm";
import { createContext, Script } from "node:vm";
import type { Pattern } from "../model/pattern.ts";
import { patternText } from "../model/pattern.ts";

/** A regular expression may take forever on a text that it nearly matches; no honest one takes this long. */
const matchMs = 250;

// A script can be interrupted, and a regular expression inside it too; nowhere else can it.
const script = new Script("texts.findIndex((text) => pattern.test(text))");
/** Making one takes longer than most matches. Nothing of a match is left in it. */
const shared: { texts: readonly string[]; pattern: RegExp } = { texts: [], pattern: /(?:)/ };
let context: Context | undefined;

/**
 * The first of several texts that a pattern matches; undefined when it matches none.
 * @throws Error when the pattern has not come to an end after 250 ms: it is a mistake of the declaration
 */
export function firstMatch(pattern: Pattern, texts: readonly string[]): string | undefined {
  if (texts.length === 0) return undefined;
  context ??= createContext(shared);
  Object.assign(shared, { texts, pattern: new RegExp(pattern.source, pattern.flags) });
  try {
    const index = script.runInContext(context, { timeout: matchMs }) as number;
    return texts[index];
  } catch (error) {
    // It is an Error of the context that was interrupted, and no instance of this one's.
    if ((error as { readonly code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new Error(
        `the pattern ${patternText(pattern)} was given up after ${matchMs}ms: write it without repetitions inside repetitions`,
        { cause: error },
      );
    throw error;
  } finally {
    shared.texts = [];
  }
}
