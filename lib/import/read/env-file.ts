import type { Lookup } from "./interpolate.ts";
import { interpolate } from "./interpolate.ts";
import { fromVariable } from "./taint.ts";

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

const blank = /^\s+/;
const space = String.raw`[^\S\n]`;
const assignment = new RegExp(
  String.raw`^(?:export${space}+)?(?<name>[\p{L}\p{N}_.\-[\]]+)${space}*(?<sign>[=:]|\n|$)${space}*`,
  "u",
);
const escape = /\\(?:[abfnrtv$"\\]|0[0-7]{0,3})/g;
const escaped: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * Parses a file of variables as compose does: `NAME=value` a line, comments after #, values in double quotes
 * (with escapes, variables and line breaks), in single quotes (as they are, but for `\'`) or in none.
 * @param lookup the values of variables that stand in values; it comes before variables of earlier lines
 * @param earlier the values of files before this one
 */
export function parseEnvFile(text: string, lookup: Lookup, earlier: Lookup = () => undefined): EnvFile {
  const entries: EnvFileEntry[] = [];
  const problems: { line: number; message: string }[] = [];
  const own = new Map<string, string>();
  let rest = withoutMark(text);
  let line = 1;
  const skip = (length: number) => {
    line += rest.slice(0, length).split("\n").length - 1;
    rest = rest.slice(length);
  };
  for (;;) {
    skip(blank.exec(rest)?.[0].length ?? 0);
    if (rest === "") return { entries, problems };
    if (rest.startsWith("#")) {
      skip(lineEnd(rest));
      continue;
    }
    const at = line;
    const report = (message: string) => problems.push({ line: at, message });
    const found = assignment.exec(rest);
    const { name, sign } = found?.groups ?? {};
    if (found === null || name === undefined) {
      report("is not NAME=value");
      skip(lineEnd(rest));
      continue;
    }
    skip(found[0].length);
    if (sign !== "=" && sign !== ":") {
      entries.push({ name, value: undefined });
      continue;
    }
    const { raw, quote, length } = valueAt(rest);
    if (length < 0) {
      report(`the value of ${name} has no closing quote`);
      return { entries, problems };
    }
    skip(length);
    const value =
      quote === "'"
        ? raw
        : interpolate(
            quote === '"' ? unescaped(raw) : raw,
            (other) => lookup(other) ?? own.get(other) ?? earlier(other),
            {
              problem: report,
              unset: () => undefined,
            },
          );
    own.set(name, fromVariable(name, value));
    entries.push({ name, value });
  }
}

function lineEnd(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

interface RawValue {
  readonly raw: string;
  readonly quote: string;
  /** How much of the text it takes; negative where a quote is not closed. */
  readonly length: number;
}

function valueAt(text: string): RawValue {
  const quote = text[0] ?? "";
  if (quote !== '"' && quote !== "'") {
    const end = lineEnd(text);
    const [raw = ""] = text.slice(0, end).split(" #");
    return { raw: raw.trimEnd(), quote: "", length: end };
  }
  let raw = "";
  for (let at = 1; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === quote) return { raw, quote, length: at + 1 };
    if (char === "\\" && at + 1 < text.length) {
      at += 1;
      // A quote that is escaped is one; other escapes have a meaning in double quotes only.
      raw += text[at] === quote ? quote : `\\${text[at] ?? ""}`;
    } else raw += char;
  }
  return { raw, quote, length: -1 };
}

function unescaped(text: string): string {
  return text.replace(escape, (sequence) => {
    const char = sequence.charAt(1);
    // An escaped dollar stays one through what fills in the variables.
    if (char === "$") return "$$";
    if (char === "0") return String.fromCharCode(Number.parseInt(sequence.slice(1), 8) & 0xff);
    return escaped[char] ?? char;
  });
}

/**
 * Parses a file of variables whose format is `raw`, as `docker run --env-file` takes it: what follows the sign is the
 * value, to the end of the line, quotes and all.
 */
export function parseRawEnvFile(text: string): EnvFile {
  const entries: EnvFileEntry[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const [i, whole] of withoutMark(text).split(/\r?\n/).entries()) {
    const line = whole.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    const name = at < 0 ? line.trimEnd() : line.slice(0, at);
    if (name === "" || /\s/.test(name)) problems.push({ line: i + 1, message: "is not NAME=value" });
    else entries.push({ name, value: at < 0 ? undefined : line.slice(at + 1) });
  }
  return { entries, problems };
}

/** A text without the mark that some editors put before it. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}
