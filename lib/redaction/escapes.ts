import { decodeHTMLStrict } from "entities/decode";

/*
 * Texts here are "bytes": strings with one character a byte of UTF-8. Bytes are what percent-encoding and base64
 * encode, and among bytes every way to write a character comes to the same.
 */

/** A part of a text, from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A way to escape characters. */
export interface EscapeKind {
  /** Finds one escaped character. */
  readonly pattern: RegExp;
  /** The bytes that an escape stands for; the escape itself where it stands for nothing. */
  readonly meaning: (escape: string) => string;
}

const percent: EscapeKind = {
  pattern: /%[0-9A-Fa-f]{2}/g,
  meaning: (escape) => byte(escape.slice(1)),
};

/** As in JSON, JavaScript, Python and shells. Two halves of a character are one escape. */
const backslash: EscapeKind = {
  pattern:
    /\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\x[0-9A-Fa-f]{2}|\\[bfnrtv]|\\[^0-9A-Za-z]/g,
  meaning: (escape) => {
    const kind = escape.charAt(1);
    if (kind === "x") return byte(escape.slice(2));
    if (kind !== "u") return controls[kind] ?? kind;
    const codes = (escape.match(/[0-9A-Fa-f]+/g) ?? []).map((digits) => Number.parseInt(digits, 16));
    return codes.some((code) => code > 0x10ffff) ? escape : bytesOf(String.fromCodePoint(...codes));
  },
};

const controls: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const entity: EscapeKind = {
  pattern: /&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][0-9A-Za-z]{1,31});/g,
  meaning: (escape) => bytesOf(decodeHTMLStrict(escape)),
};

export const escapeKinds: readonly EscapeKind[] = [percent, backslash, entity];

/** A text as bytes. */
export function bytesOf(text: string): string {
  // ASCII is its own bytes, and what nearly all texts are.
  return /^\p{ASCII}*$/u.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** The bytes with one layer of escapes of one kind taken off. */
export function unescaped(bytes: string, { pattern, meaning }: EscapeKind): string {
  return bytes.replace(pattern, meaning);
}

/** Where ranges of {@link unescaped} bytes come from in the bytes before: no escape is cut in two. */
export function escapedRanges(bytes: string, kind: EscapeKind, ranges: readonly Range[]): Range[] {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  const plainUntil = (until: number) => {
    for (; at < until; at++) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  for (const { 0: escape, index } of bytes.matchAll(kind.pattern)) {
    plainUntil(index);
    at = index + escape.length;
    for (let n = kind.meaning(escape).length; n > 0; n--) {
      starts.push(index);
      ends.push(at);
    }
  }
  plainUntil(bytes.length);
  return ranges.map(({ start, end }) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }));
}

function byte(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}
