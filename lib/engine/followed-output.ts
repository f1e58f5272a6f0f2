import type Docker from "dockerode";
import { lineReader } from "./log-lines.ts";
import { logStream } from "./output.ts";

/** Takes what a container has written and goes on to write. */
export interface TakeOutput {
  /** Whole lines, oldest first. One that is longer than is kept comes before its end. What is thrown here ends the following. */
  lines(lines: readonly string[]): void;
  /** All that was in the log when it was asked for has been handed over; what is written from now on comes within moments. */
  current(): void;
}

/**
 * Follows what a container has written since an instant, until its run ends or the signal aborts. Whether all is there that was
 * written before, the stream does not say: the stamp of the log's last line does.
 */
export async function followOutput(
  docker: Docker,
  id: string,
  sinceMs: number,
  take: TakeOutput,
  signal: AbortSignal,
): Promise<void> {
  const stream = await logStream(docker, id, { since: seconds(sinceMs), follow: true }, signal);
  const reader = stampedReader();
  let last: string | undefined;
  let isCurrent = false;
  const settle = () => {
    if (isCurrent || last === undefined || reader.stamp() < last) return;
    isCurrent = true;
    take.current();
  };
  const asked = lastStamp(docker, id, signal).then((stamp) => {
    // The last line may be of an earlier run: it is not waited for.
    last = Date.parse(stamp) < sinceMs ? "" : stamp;
    settle();
  });
  asked.catch((error: unknown) => stream.destroy(error as Error));
  for await (const chunk of stream) {
    const lines = reader.read(chunk as Buffer);
    if (lines.length > 0) take.lines(lines);
    settle();
  }
  const rest = reader.end();
  if (rest.length > 0) take.lines(rest);
  await asked;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** The stamp of the last line of the log; empty where there is none. */
async function lastStamp(docker: Docker, id: string, signal: AbortSignal): Promise<string> {
  const reader = stampedReader();
  for await (const chunk of await logStream(docker, id, { tail: 1 }, signal)) reader.read(chunk as Buffer);
  return reader.stamp();
}

/** Reads a log with stamps piece by piece. */
interface StampedReader {
  /** The lines that end in this piece. */
  read(chunk: Buffer): readonly string[];
  /** What was begun last is a line, too. */
  end(): readonly string[];
  /** The newest stamp up to now; empty before the first. */
  stamp(): string;
}

/** As Docker writes it, always with nine digits: texts compare as the instants do. */
const stampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) /;
const longestStamp = 36;
const headerBytes = 8;
/** The engine cuts what a container writes into pieces of 16 KiB; other log drivers give larger ones back. */
const longestFrame = 8 * 1024 * 1024;

/**
 * Without a terminal the engine frames each piece ("Stream format" in the Docker Engine API), and each begins with a stamp. With a
 * terminal there are no frames: each line begins with one.
 */
function stampedReader(): StampedReader {
  let lines: string[] = [];
  let stamp = "";
  let rest: Buffer = Buffer.alloc(0);
  let isFramed: boolean | undefined;

  /** Without the stamp that it begins with. */
  const unstamped = (text: string): string => {
    const [found] = stampPattern.exec(text) ?? [];
    if (found === undefined) return text;
    const own = found.trimEnd();
    if (own > stamp) stamp = own;
    return text.slice(found.length);
  };
  const add = (line: string) => void lines.push(line);
  const streams = new Map<number, ReturnType<typeof lineReader>>();
  const readerOf = (stream: number) => {
    const known = streams.get(stream) ?? lineReader(add);
    streams.set(stream, known);
    return known;
  };
  const raw = lineReader((line) => add(unstamped(line)));

  const frame = (stream: number, piece: Buffer) => {
    const beginning = piece.subarray(0, longestStamp).toString("latin1");
    const stamped = beginning.length - unstamped(beginning).length;
    readerOf(stream).read(piece.subarray(stamped));
  };
  const takeFrames = () => {
    while (rest.length >= headerBytes) {
      const length = rest.readUInt32BE(4);
      if (length > longestFrame) throw new Error(`the engine has sent ${length} bytes of a log at once`);
      if (rest.length < headerBytes + length) return;
      frame(rest.readUInt8(0), rest.subarray(headerBytes, headerBytes + length));
      rest = rest.subarray(headerBytes + length);
    }
  };
  const taken = () => {
    const done = lines;
    lines = [];
    return done;
  };

  return {
    read: (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (rest.length < 4) return [];
      isFramed ??= rest.readUInt8(0) <= 2 && rest.readUIntBE(1, 3) === 0;
      if (isFramed) takeFrames();
      else {
        raw.read(rest);
        rest = Buffer.alloc(0);
      }
      return taken();
    },
    end: () => {
      for (const reader of [...streams.values(), raw]) reader.end();
      return taken();
    },
    stamp: () => stamp,
  };
}
