import type { Range } from "./escapes.ts";

/** A run of characters that may be bytes in base64, base64url or hexadecimal digits. */
export interface PackedRun {
  /** Where it stands, its padding included. */
  readonly range: Range;
  /** The bytes that it may stand for. */
  readonly unpacked: readonly string[];
}

/** No secret shorter than this is looked for in runs: too many runs would hold it by chance. */
export const shortestPacked = 4;

/**
 * The runs of a text that may hold so many bytes. Something may have been packed before a secret ("user:password"),
 * and the run may have been put behind a word: so each is read from each of the places that make a difference.
 */
export function* packedRuns(text: string, bytes: number): Iterable<PackedRun> {
  const inBase64 = new RegExp(`([A-Za-z0-9+/_-]{${Math.ceil((bytes * 8) / 6)},})={0,2}`, "g");
  for (const found of text.matchAll(inBase64)) yield packedRun(found, "base64", 4);
  const inHex = new RegExp(`([0-9A-Fa-f]{${bytes * 2},})`, "g");
  for (const found of text.matchAll(inHex)) yield packedRun(found, "hex", 2);
}

function packedRun(
  { 0: run, 1: digits = "", index }: RegExpExecArray,
  encoding: "base64" | "hex",
  places: number,
): PackedRun {
  return {
    range: { start: index, end: index + run.length },
    unpacked: Array.from({ length: places }, (_, place) =>
      Buffer.from(digits.slice(place), encoding).toString("latin1"),
    ),
  };
}
