import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { PhasegateError } from "../core/errors.ts";
import { demuxed } from "./demuxed.ts";

/** Runs a command in a container with its stdin and stdout as one stream, which ends when the command does. */
export async function execStream(
  docker: Docker,
  container: string,
  command: readonly string[],
): Promise<Duplex> {
  const exec = await docker
    .getContainer(container)
    .exec({ Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false });
  const raw = await exec.start({ hijack: true, stdin: true });
  return demuxed(docker, raw, (text) => new PhasegateError("PHASEGATE_COORDINATOR_UNREACHABLE", text));
}
