/** The part of Kafka's protocol that probes speak ("Kafka protocol guide"): requests and responses with their length before them. */
import { AnswerError } from "../network-cause.ts";

/** The longest response that a probe has a use for. */
const longest = 1024 * 1024;

/** How long the next response is, with its length; undefined while that has not arrived. */
export function responseLength(arrived: Buffer): number | undefined {
  if (arrived.length < 4) return undefined;
  const size = arrived.readInt32BE(0);
  // It begins with the number of the request.
  if (size < 4 || size > longest) throw notKafka();
  return 4 + size;
}

export function notKafka(): AnswerError {
  return new AnswerError("answered, but not as Kafka does");
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([short(bytes.length), bytes]);
}

export function sized(bytes: Buffer): Buffer {
  return Buffer.concat([long(bytes.length), bytes]);
}

export function list(items: readonly Buffer[]): Buffer {
  return Buffer.concat([long(items.length), ...items]);
}

/** A request: what is asked, in which version, by which number. */
export function request(key: number, version: number, number: number, body: Buffer): Buffer {
  return sized(Buffer.concat([short(key), short(version), long(number), text("phasegate-probe"), body]));
}

/** Reads the fields of a response, one after the other. It throws a RangeError past the end. */
export interface Reader {
  short(): number;
  long(): number;
  flag(): boolean;
  /** Absent, where Kafka has null. */
  text(): string | undefined;
  sized(): Buffer;
  list<T>(item: () => T): T[];
}

export function readerOf(bytes: Buffer): Reader {
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError("the response is too short");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const reader: Reader = {
    short: () => take(2).readInt16BE(0),
    long: () => take(4).readInt32BE(0),
    flag: () => take(1)[0] !== 0,
    text() {
      const length = reader.short();
      return length < 0 ? undefined : take(length).toString("utf8");
    },
    sized: () => take(Math.max(0, reader.long())),
    list(item) {
      const items = [];
      // A number that is too large ends at the end of the bytes.
      for (let left = reader.long(); left > 0; left -= 1) items.push(item());
      return items;
    },
  };
  return reader;
}
