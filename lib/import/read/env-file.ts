import type { Lookup } from "./interpolate.ts";
import { interpolate } from "./interpolate.ts";

/** A line that says a variable's value, or, without a value, that it is passed on from the environment. */
export interface EnvFileEntry {
  readonly name: string;
  readonly value: string | undefined;
}

export interface EnvFile {
  readonly entries: readonly EnvFileEntry[];
  /** What cannot be read, with its line. Never with the line's content: it may be a secret. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(=|:\s|$)/;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Parses a file of variables as compose does: `NAME=value` a line, comments after #, values in double quotes
 * (with escapes, variables and line breaks), in single quotes (as they are) or in none.
 * @param lookup the values of variables that stand in values; variables of earlier lines come before it
 */
export function parseEnvFile(text: string, lookup: Lookup): EnvFile {
  const entries: EnvFileEntry[] = [];
  const problems: { line: number; message: string }[] = [];
  const own = new Map<string, string>();
  const source = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");

  for (let at = 0, line = 1; at < source.length;) {
    const end = lineEnd(source, at);
    const found = assignment.exec(source.slice(at, end));
    if (/^\s*(#|$)/.test(source.slice(at, end))) {
      at = end + 1;
      line += 1;
      continue;
    }
    const report = (message: string) => problems.push({ line, message });
    if (found === null) {
      report("is not NAME=value");
      at = end + 1;
      line += 1;
      continue;
    }
    const [head, name = "", sign] = found;
    if (sign === "") {
      entries.push({ name, value: undefined });
      at = end + 1;
      line += 1;
      continue;
    }
    const { raw, quote, next } = valueAt(source, at + head.length);
    if (next < 0) {
      report(`the value of ${name} has no closing quote`);
      break;
    }
    const filled = (value: string) =>
      interpolate(value, (other) => own.get(other) ?? lookup(other), {
        problem: report,
        unset: () => undefined,
      });
    const value = quote === "'" ? raw : filled(raw);
    own.set(name, value);
    entries.push({ name, value });
    line += source.slice(at, next).split("\n").length - 1;
    at = next;
  }
  return { entries, problems };
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}

interface RawValue {
  readonly raw: string;
  readonly quote: string;
  /** Where the next line begins; -1 where a quote is not closed. */
  readonly next: number;
}

function valueAt(source: string, from: number): RawValue {
  const start = from + (/^[ \t]*/.exec(source.slice(from))?.[0].length ?? 0);
  const quote = source[start] ?? "";
  if (quote !== '"' && quote !== "'") {
    const end = lineEnd(source, start);
    const raw = source.slice(start, end).replace(/(^|\s)#.*$/, "");
    return { raw: raw.trim(), quote: "", next: end + 1 };
  }
  let raw = "";
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at] ?? "";
    if (char === quote) return { raw, quote, next: lineEnd(source, at) + 1 };
    if (char !== "\\" || quote === "'") raw += char;
    else {
      at += 1;
      const escaped = source[at] ?? "";
      // An escaped dollar stays one through what fills in the variables.
      raw +=
        escaped === "$" ? "$$" : (escapes[escaped] ?? (/["\\]/.test(escaped) ? escaped : `\\${escaped}`));
    }
  }
  return { raw, quote, next: -1 };
}
