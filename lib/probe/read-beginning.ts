import type { Readable } from "node:stream";

/** The first bytes of a stream as text; the rest is not read, and the stream is destroyed. */
export async function readBeginning(stream: Readable, maxBytes: number): Promise<string> {
  return (await readBounded(stream, maxBytes)).bytes.toString("utf8");
}

/** A stream's bytes up to a number of bytes, and whether that was all of it; the stream is destroyed. */
export async function readBounded(
  stream: Readable,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), complete: size <= maxBytes };
}
