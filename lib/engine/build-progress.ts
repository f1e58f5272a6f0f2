/** What a build writes: the classic builder as plain text, BuildKit as messages of Protocol Buffers. */

/** A record of the stream that the engine answers a build with. */
export interface BuildRecord {
  readonly stream?: string;
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
}

/** The lines that a record has for people. */
export function linesOf({ stream, id, aux }: BuildRecord): string[] {
  const text =
    id === "moby.buildkit.trace" && typeof aux === "string"
      ? traceText(Buffer.from(aux, "base64"))
      : (stream ?? "");
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
}

// moby.buildkit.v1: StatusResponse { Vertex vertexes = 1; VertexLog logs = 3 }, Vertex { name = 3; started = 5; completed = 6 },
// VertexLog { msg = 4 }.
function traceText(message: Buffer): string {
  return fieldsOf(message)
    .map(([number, value]) => {
      if (number === 1) {
        const vertex = new Map(fieldsOf(value));
        return vertex.has(5) && !vertex.has(6) ? `${text(vertex.get(3))}\n` : "";
      }
      return number === 3 ? text(new Map(fieldsOf(value)).get(4)) : "";
    })
    .join("");
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
