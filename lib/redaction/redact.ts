import { plainText } from "../core/outside-text.ts";
import type { Range } from "./escapes.ts";
import { bytesOf, escapedRanges, escapeKinds, unescaped } from "./escapes.ts";
import { packedRuns, shortestPacked } from "./packed-runs.ts";

/** How many layers of escapes are taken off a text: JSON within JSON within a URL is three. */
const layers = 6;
/** In how many ways a text is read, at most: its layers may be of several kinds, in any order. */
const mostReadings = 32;
/** And how much is read in all, in bytes: a long text is read in fewer ways, but in four at least. */
const mostBytes = 1024 * 1024;
/** How many layers of base64 or hexadecimal digits are unpacked. */
const packings = 3;
/** The shortest line of a secret of several lines (a private key) that is looked for on its own: logs come line by line. */
const shortestLine = 8;

/**
 * A function that takes secrets out of texts, however they are written there: as they are, percent-encoded or
 * form-encoded, escaped as in JSON (and again, within JSON), as HTML entities, in base64 or base64url, alone or with
 * something before and after ("user:password"), in hexadecimal digits, and in what these come to one within the
 * other. It is the last line of defence: messages are written so that no secret gets into them.
 *
 * Rather than look for all the ways to write a secret, it reads the text in all these ways, and looks for the secret
 * in each reading. The work is bounded, and grows with the length of the text. To be made once for a set of secrets.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const needles = needlesOf(secrets);
  if (needles.length === 0) return (text) => text;
  const lengths = needles.map(({ length }) => length).filter((length) => length >= shortestPacked);
  const search: Search = { needles, shortest: Math.min(...lengths) };
  return (text) => {
    const bytes = bytesOf(text);
    const found = find(bytes, packings, search);
    return found.length === 0 ? text : replaced(bytes, found);
  };
}

interface Search {
  readonly needles: readonly string[];
  /** The length of the shortest needle that is looked for in packed runs; `Infinity` where there is none. */
  readonly shortest: number;
}

/** What is looked for, as bytes: each value and each long line of it. */
function needlesOf(secrets: readonly string[]): string[] {
  const values = secrets.flatMap((secret) => [
    secret,
    // Whoever reads it from a file may trim it; what colours a terminal is gone from the texts.
    secret.trim(),
    plainText(secret),
    ...secret.split(/\r?\n/).filter(({ length }) => length >= shortestLine),
  ]);
  const needles = values
    .filter((value) => value.trim() !== "")
    .flatMap((value) => [bytesOf(value), ...inLatin1(value)]);
  return [...new Set(needles.map(withoutPlus))];
}

/** Older clients send an account in Latin-1. */
function inLatin1(value: string): string[] {
  return /^[\0-\xff]*$/.test(value) ? [value] : [];
}

/** In a form a blank is written as a plus: the two are taken for the same. */
function withoutPlus(bytes: string): string {
  return bytes.replaceAll("+", " ");
}

/** A text with some layers of escapes taken off. */
interface Reading {
  readonly bytes: string;
  /** Where ranges of it come from in the text itself. */
  readonly source: (ranges: readonly Range[]) => readonly Range[];
}

/** Where the needles are in a text, in every reading of it. */
function find(bytes: string, packingsLeft: number, search: Search): Range[] {
  const found: Range[] = [];
  const readings = Math.max(4, Math.min(mostReadings, mostBytes / bytes.length));
  const seen = new Set([bytes]);
  let layer: readonly Reading[] = [{ bytes, source: (ranges) => ranges }];
  for (let n = 0; n <= layers && layer.length > 0; n++) {
    const next: Reading[] = [];
    for (const reading of layer) {
      const here = findHere(reading.bytes, packingsLeft, search);
      if (here.length > 0) found.push(...reading.source(here));
      for (const inner of innerReadings(reading)) {
        if (seen.size >= readings || seen.has(inner.bytes)) continue;
        seen.add(inner.bytes);
        next.push(inner);
      }
    }
    layer = next;
  }
  return found;
}

function innerReadings({ bytes, source }: Reading): Reading[] {
  return escapeKinds.map((kind) => ({
    bytes: unescaped(bytes, kind),
    source: (ranges) => source(escapedRanges(bytes, kind, ranges)),
  }));
}

/** Where the needles are in one reading: in plain sight, or in a packed run, of which nothing is worth keeping. */
function findHere(bytes: string, packingsLeft: number, search: Search): Range[] {
  const found = occurrences(bytes, search.needles);
  if (packingsLeft === 0 || bytes.length <= search.shortest) return found;
  for (const { range, unpacked } of packedRuns(bytes, search.shortest))
    if (unpacked.some((inner) => find(inner, packingsLeft - 1, search).length > 0)) found.push(range);
  return found;
}

function occurrences(bytes: string, needles: readonly string[]): Range[] {
  const text = withoutPlus(bytes);
  const found: Range[] = [];
  for (const needle of needles)
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1))
      found.push({ start: at, end: at + needle.length });
  return found;
}

/** The text of the bytes with each range replaced; ranges that overlap are one. */
function replaced(bytes: string, ranges: readonly Range[]): string {
  let result = "";
  let at = 0;
  for (const { start, end } of merged(ranges)) {
    result += `${bytes.slice(at, start)}[secret]`;
    at = end;
  }
  return Buffer.from(result + bytes.slice(at), "latin1").toString("utf8");
}

function merged(ranges: readonly Range[]): Range[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
