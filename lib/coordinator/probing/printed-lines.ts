import { StringDecoder } from "node:string_decoder";
import { Writable } from "node:stream";
import { longestCustomText } from "../../probe/custom-module.ts";

/** A stream that gives what is written to it by line. */
export interface PrintedLines {
  readonly stream: Writable;
  /** Gives what has no end yet. */
  readonly flush: () => void;
}

/** Gives each line that is not empty: of a long one its beginning. */
export function printedLines(onLine: (line: string) => void): PrintedLines {
  const decoder = new StringDecoder("utf8");
  let begun = "";
  const flush = () => {
    const line = begun.replace(/\r$/, "");
    begun = "";
    if (line !== "") onLine(line);
  };
  const take = (text: string) => {
    const [first = "", ...further] = text.split("\n");
    begun += first.slice(0, longestCustomText - begun.length);
    for (const part of further) {
      flush();
      begun = part.slice(0, longestCustomText);
    }
  };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      take(decoder.write(chunk));
      done();
    },
  });
  return { stream, flush };
}
