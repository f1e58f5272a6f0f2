import { randomUUID } from "node:crypto";
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { plainText } from "../core/outside-text.ts";
import { killMarked, marker } from "./kill-marked.ts";

/** How a command in a container ended. */
export interface CommandResult {
  readonly exitCode: number;
  /** The first 64 KiB of what it wrote, as text, without what colours a terminal. */
  readonly stdout: string;
  readonly stderr: string;
  /** Why the engine could not start it: `exec: "curl": executable file not found in $PATH`. Empty otherwise. */
  readonly startError: string;
}

const keptBytes = 64 * 1024;

/** How the engine begins when it could not start a command; it says so where the command's output would be. */
const notStarted = /^OCI runtime exec failed: (?:.*?)(exec: .*?)(?:: unknown)?\s*$/s;

/**
 * Runs a command in a running container to its end. When the signal aborts, everything that the command has
 * started there is killed, the command itself included, and the call rejects once that is done: the engine
 * has no order for it, so the processes are found by a variable in their environment.
 * @param helperImage an image with a shell and grep, for containers without
 */
export async function execCommand(
  docker: Docker,
  id: string,
  command: readonly string[],
  signal: AbortSignal,
  helperImage: () => Promise<string | undefined>,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const mark = randomUUID();
  const exec = await docker.getContainer(id).exec({
    Cmd: [...command],
    Env: [`${marker}=${mark}`],
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
  });
  signal.throwIfAborted();
  const raw = await exec.start({ hijack: true, stdin: false });
  const stdout = kept();
  const stderr = kept();
  docker.modem.demuxStream(raw, stdout.stream, stderr.stream);

  const ended = new Promise<void>((resolve, reject) => {
    raw.once("end", resolve);
    raw.on("error", reject);
  });
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([ended, stopped.promise]);
    const exitCode = await exitCodeOf(exec, signal);
    const [, startError = ""] = notStarted.exec(stdout.text()) ?? [];
    return { exitCode, stdout: plainText(stdout.text()), stderr: plainText(stderr.text()), startError };
  } catch (error) {
    if (signal.aborted) await killMarked(docker, id, mark, helperImage);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    raw.destroy();
  }
}

/** The stream ends an instant before the engine knows the exit code, or much earlier, when a command closes its output. */
async function exitCodeOf(exec: Docker.Exec, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { ExitCode: code, Running: running } = await exec.inspect();
    if (!running && code !== null) return code;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A stream that keeps the beginning of what is written to it, and takes the rest, so that the writer does not wait. */
function kept(): { readonly stream: PassThrough; text(): string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  let size = 0;
  (stream as Readable).on("data", (chunk: Buffer) => {
    if (size < keptBytes) chunks.push(chunk);
    size += chunk.length;
  });
  return { stream, text: () => Buffer.concat(chunks).subarray(0, keptBytes).toString("utf8") };
}
