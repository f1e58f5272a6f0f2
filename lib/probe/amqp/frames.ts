/** The part of AMQP 0-9-1 that probes speak: frames that carry methods ("General Frame Format" and the classes in its specification). */
import { AnswerError } from "../network-cause.ts";

/** A method of a class, with what follows the two numbers. */
export interface Method {
  readonly channel: number;
  /** "10.50": class and method. */
  readonly id: string;
  readonly fields: Buffer;
}

export const protocolHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);

const frameEnd = 0xce;
const headerLength = 7;
const methodFrame = 1;
const heartbeatFrame = 8;
/** The longest frame that a probe has a use for. */
const longestFrame = 128 * 1024;

/** How long the next frame is; undefined while it has not arrived. */
export function frameLength(arrived: Buffer): number | undefined {
  // A server that wants another version answers with its own header.
  const type = arrived[0];
  if (type === undefined) return undefined;
  if (type !== methodFrame && type !== heartbeatFrame)
    throw new AnswerError("answered, but not as AMQP 0-9-1 does");
  if (arrived.length < headerLength) return undefined;
  const size = arrived.readUInt32BE(3);
  if (size > longestFrame) throw new AnswerError("answered, but not as AMQP 0-9-1 does");
  const length = headerLength + size + 1;
  if (arrived.length < length) return undefined;
  if (arrived[length - 1] !== frameEnd) throw new AnswerError("answered, but not as AMQP 0-9-1 does");
  return length;
}

/** The method in a frame; undefined where it carries none. */
export function methodIn(frame: Buffer): Method | undefined {
  const payload = frame.subarray(headerLength, -1);
  if (frame[0] !== methodFrame || payload.length < 4) return undefined;
  const id = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`;
  return { channel: frame.readUInt16BE(1), id, fields: payload.subarray(4) };
}

/** A frame that carries a method. */
export function method(channel: number, id: string, ...fields: readonly Buffer[]): Buffer {
  const [classId = 0, methodId = 0] = id.split(".").map(Number);
  const payload = Buffer.concat([short(classId), short(methodId), ...fields]);
  const header = Buffer.concat([Buffer.from([methodFrame]), short(channel), long(payload.length)]);
  return Buffer.concat([header, payload, Buffer.from([frameEnd])]);
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A text of up to 255 bytes. */
export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

export function longText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** A table of texts, of what is so or not, and of tables. */
export function table(entries: Readonly<Record<string, string | boolean | Buffer>>): Buffer {
  const fields = Object.entries(entries).flatMap(([name, value]) => [
    shortText(name),
    typeof value === "string"
      ? Buffer.concat([Buffer.from("S"), longText(value)])
      : typeof value === "boolean"
        ? Buffer.concat([Buffer.from("t"), Buffer.from([value ? 1 : 0])])
        : Buffer.concat([Buffer.from("F"), value]),
  ]);
  const bytes = Buffer.concat(fields);
  return Buffer.concat([long(bytes.length), bytes]);
}

/** The text of up to 255 bytes at a place. */
export function shortTextAt(fields: Buffer, at: number): string {
  return fields.subarray(at + 1, at + 1 + (fields[at] ?? 0)).toString("utf8");
}
