/**
 * Takes bytes as they come and gives whole lines, without their ends. A line longer than `maxBytes` is given
 * up: `onTooLong` is called once and nothing more is taken.
 */
export function lines(
  maxBytes: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  let length = 0;
  let over = false;
  const take = (piece: Buffer): boolean => {
    length += piece.length;
    over = length > maxBytes;
    if (over) onTooLong();
    else pieces.push(piece);
    return !over;
  };
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0 && !over; end = chunk.indexOf(10, from)) {
      if (!take(chunk.subarray(from, end))) return;
      const line = Buffer.concat(pieces).toString("utf8");
      pieces = [];
      length = 0;
      from = end + 1;
      onLine(line);
    }
    if (!over && from < chunk.length) take(chunk.subarray(from));
  };
}
