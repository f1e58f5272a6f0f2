import { Writable } from "node:stream";
import type Docker from "dockerode";

/** Takes what a container writes from now on. */
export interface TakeLiveOutput {
  /** Nothing is missed from this instant on. */
  attached(): void;
  /** What one stream has just written. It need not end with a line, nor with a character. */
  piece(stream: StreamName, piece: Buffer): void;
}

type StreamName = "stdout" | "stderr";

/** Hands over what a container writes from now on, as it comes, until its current or next run ends, or the signal aborts. */
export async function liveOutput(
  docker: Docker,
  id: string,
  take: TakeLiveOutput,
  signal: AbortSignal,
): Promise<void> {
  const stream = await docker
    .getContainer(id)
    .attach({ stream: true, stdout: true, stderr: true, logs: false, abortSignal: signal });
  // The engine answers only once the container's streams are joined to the answer.
  take.attached();
  docker.modem.demuxStream(stream, taking("stdout", take), taking("stderr", take));
  await new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
    stream.once("error", (error: Error) => (signal.aborted ? resolve() : reject(error)));
  });
}

function taking(stream: StreamName, take: TakeLiveOutput): Writable {
  return new Writable({
    write: (piece: Buffer, _encoding, done) => {
      take.piece(stream, piece);
      done();
    },
  });
}
