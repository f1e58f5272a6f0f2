/** What a build writes: the classic builder as plain text, BuildKit as messages of Protocol Buffers. */

/** A record of the stream that the engine answers a build with. */
export interface BuildRecord {
  readonly stream?: string;
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
}

/** What a record says of a step. */
export interface BuildMessage {
  /** Which step, by its key; "" for the one that runs, where steps come one after the other. */
  readonly step: string;
  /** As people know it: "[2/3] RUN npm ci". */
  readonly name?: string;
  /** Whether it begins now. */
  readonly began?: boolean;
  /** Why it has failed. */
  readonly error?: string;
  /** What it has written. */
  readonly text?: string;
  /** Whether it is the one that runs until the next begins. */
  readonly inOrder?: boolean;
}

export function messagesOf({ stream, id, aux }: BuildRecord): BuildMessage[] {
  if (id === "moby.buildkit.trace" && typeof aux === "string") return traced(Buffer.from(aux, "base64"));
  if (stream === undefined) return [];
  return /^Step \d+\/\d+ : /.test(stream)
    ? [{ step: stream, name: stream.trim(), began: true, inOrder: true }]
    : [{ step: "", text: stream }];
}

// moby.buildkit.v1: StatusResponse { Vertex vertexes = 1; VertexLog logs = 3 }, Vertex { digest = 1; name = 3; started = 5;
// completed = 6; error = 7 }, VertexLog { vertex = 1; msg = 4 }.
function traced(message: Buffer): BuildMessage[] {
  return fieldsOf(message).flatMap(([number, value]): BuildMessage[] => {
    const fields = new Map(fieldsOf(value));
    const step = text(fields.get(1));
    if (number === 3) return [{ step, text: text(fields.get(4)) }];
    if (number !== 1) return [];
    const error = text(fields.get(7));
    const began = fields.has(5) && !fields.has(6);
    return [{ step, name: text(fields.get(3)), began, ...(error !== "" && { error }) }];
  });
}

const text = (value: Buffer | undefined) => value?.toString("utf8") ?? "";

/** The fields of a message that have a length; numbers are passed over. */
export function fieldsOf(message: Buffer): (readonly [number, Buffer])[] {
  const fields: (readonly [number, Buffer])[] = [];
  for (let at = 0; at < message.length;) {
    const [tag, afterTag] = varint(message, at);
    const [length, afterLength] = varint(message, afterTag);
    const wire = tag % 8;
    if (wire === 2) fields.push([Math.floor(tag / 8), message.subarray(afterLength, afterLength + length)]);
    at =
      wire === 2 ? afterLength + length : wire === 0 ? afterLength : wire === 1 ? afterTag + 8 : afterTag + 4;
  }
  return fields;
}

/** A number of variable length, and where it ends. */
function varint(message: Buffer, from: number): readonly [number, number] {
  let value = 0;
  for (let at = from, factor = 1; at < from + 10; at++, factor *= 128) {
    const byte = message[at] ?? 0;
    value += (byte % 128) * factor;
    if (byte < 128) return [value, at + 1];
  }
  return [value, from + 10];
}
