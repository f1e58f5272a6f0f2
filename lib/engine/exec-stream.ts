import { Duplex, PassThrough } from "node:stream";
import type Docker from "dockerode";
import { PhasegateError } from "../core/errors.ts";

/**
 * Runs a command in a container with its stdin and stdout as one stream. What it writes to stderr is kept,
 * bounded, and becomes the stream's error when the command ends without having answered.
 */
export async function execStream(
  docker: Docker,
  container: string,
  command: readonly string[],
): Promise<Duplex> {
  const exec = await docker
    .getContainer(container)
    .exec({ Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false });
  const raw = await exec.start({ hijack: true, stdin: true });
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
    else stdout.destroy(new PhasegateError("PHASEGATE_COORDINATOR_UNREACHABLE", text));
  });
  raw.on("error", (error: Error) => stdout.destroy(error));

  const duplex = Duplex.from({ readable: stdout, writable: raw });
  duplex.on("close", () => raw.destroy());
  return duplex;
}
