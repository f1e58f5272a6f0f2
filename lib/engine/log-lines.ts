/**
 * The lines of a container's output. Without a terminal the engine frames it: 8 bytes of header, of which
 * the last 4 are the length of the piece that follows ("Stream format" in the Docker Engine API).
 */
export function textLines(output: Buffer): string[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < output.length;) {
    const framed = at + 8 <= output.length && output.readUInt8(at) <= 2 && output.readUIntBE(at + 1, 3) === 0;
    if (!framed) {
      pieces.push(output.subarray(at));
      break;
    }
    const length = output.readUInt32BE(at + 4);
    pieces.push(output.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const lines = Buffer.concat(pieces).toString("utf8").split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
