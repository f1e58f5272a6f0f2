import { Duplex, PassThrough } from "node:stream";
import type Docker from "dockerode";

/**
 * The stdin and stdout of a command as one stream, out of the engine's, in which stdout and stderr are framed.
 * What the command writes to stderr is kept, bounded, and becomes the stream's error when the command ends.
 */
export function demuxed(docker: Docker, raw: Duplex, complain: (text: string) => Error): Duplex {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(raw, stdout, stderr);

  let complaint = "";
  stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-2000);
  });
  raw.on("end", () => {
    const text = complaint.trim();
    if (text === "") stdout.end();
    else stdout.destroy(complain(text));
  });
  raw.on("error", (error: Error) => stdout.destroy(error));

  const duplex = Duplex.from({ readable: stdout, writable: raw });
  duplex.on("close", () => raw.destroy());
  return duplex;
}
