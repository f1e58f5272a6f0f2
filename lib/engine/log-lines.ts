import { StringDecoder } from "node:string_decoder";
import { plainText } from "../core/outside-text.ts";

/** How much of a line is kept, in characters. More than anybody looks at: the report of a gate shows 300. */
const longestLine = 16 * 1024;

/**
 * The lines of a container's output, without what colours a terminal; the last one also where it has no end yet.
 * Without a terminal the engine frames the output: 8 bytes of header, of which the first tells stdout from stderr and
 * the last 4 are the length of the piece that follows ("Stream format" in the Docker Engine API). A piece need not
 * end with a line, nor with a character.
 */
export function textLines(output: Buffer): string[] {
  const streams = new Map<number, LineReader>();
  const lines: string[] = [];
  for (const { stream, piece } of pieces(output)) {
    const reader = streams.get(stream) ?? lineReader((line) => void lines.push(line));
    streams.set(stream, reader);
    reader.read(piece);
  }
  for (const reader of streams.values()) reader.end();
  return lines;
}

function* pieces(output: Buffer): Iterable<{ readonly stream: number; readonly piece: Buffer }> {
  for (let at = 0; at < output.length;) {
    const framed = at + 8 <= output.length && output.readUInt8(at) <= 2 && output.readUIntBE(at + 1, 3) === 0;
    if (!framed) {
      yield { stream: 0, piece: output.subarray(at) };
      return;
    }
    const end = at + 8 + output.readUInt32BE(at + 4);
    yield { stream: output.readUInt8(at), piece: output.subarray(at + 8, end) };
    at = end;
  }
}

export interface LineReader {
  read(piece: Buffer): void;
  /** What was begun last is a line, too. */
  end(): void;
}

/** Reads one stream, and hands over each line when it has ended, or when there is more of it than is kept. */
export function lineReader(take: (line: string) => void): LineReader {
  const decoder = new StringDecoder("utf8");
  let begun: string[] = [];
  let length = 0;
  /** Whether what comes belongs to a line that was handed over already. */
  let isRest = false;
  const add = () => {
    if (!isRest) take(plainText(begun.join("").replace(/\r+$/, "")).slice(0, longestLine));
    begun = [];
    length = 0;
  };
  const read = (text: string) => {
    const parts = text.split("\n");
    for (const [i, part] of parts.entries()) {
      if (part !== "" && !isRest) {
        begun.push(part);
        length += part.length;
      }
      if (i < parts.length - 1) {
        add();
        isRest = false;
      } else if (length > longestLine) {
        add();
        isRest = true;
      }
    }
  };
  return {
    read: (piece) => read(decoder.write(piece)),
    end: () => {
      read(decoder.end());
      if (begun.length > 0) add();
    },
  };
}
