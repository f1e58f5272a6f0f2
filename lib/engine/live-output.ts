import { Writable } from "node:stream";
import type Docker from "dockerode";

/** Takes what one stream of a container has just written. A piece need not end with a line, nor with a character. */
export type TakePiece = (stream: "stdout" | "stderr", piece: Buffer) => void;

/** Hands over what a container writes from now on, as it comes, until its current or next run ends, or the signal aborts. */
export async function liveOutput(
  docker: Docker,
  id: string,
  take: TakePiece,
  signal: AbortSignal,
): Promise<void> {
  const stream = await docker
    .getContainer(id)
    .attach({ stream: true, stdout: true, stderr: true, logs: false, abortSignal: signal });
  docker.modem.demuxStream(stream, taking("stdout", take), taking("stderr", take));
  await new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
    stream.once("error", (error: Error) => (signal.aborted ? resolve() : reject(error)));
  });
}

function taking(stream: "stdout" | "stderr", take: TakePiece): Writable {
  return new Writable({
    write: (piece: Buffer, _encoding, done) => {
      take(stream, piece);
      done();
    },
  });
}
