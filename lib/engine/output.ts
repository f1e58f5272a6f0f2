import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { textLines } from "./log-lines.ts";

/** What a container has written, as far as it was read. */
export interface Output {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** Whether that is all of it up to now. */
  readonly complete: boolean;
}

/** The most that is read of a container's output, in bytes. */
const maxBytes = 4 * 1024 * 1024;

/** The lines that a container has written since an instant, from the first on, up to 4 MiB. */
export async function outputSince(
  docker: Docker,
  id: string,
  sinceMs: number,
  signal: AbortSignal,
): Promise<Output> {
  const stream = await logStream(
    docker,
    id,
    { since: (sinceMs / 1000).toFixed(3), timestamps: false },
    signal,
  );
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) break;
  }
  return { lines: textLines(Buffer.concat(chunks)), complete: size <= maxBytes };
}

/** What is asked for of a log. Each line has its stamp unless it is said otherwise. */
interface LogRequest {
  /** In seconds since the epoch. */
  readonly since?: string;
  readonly tail?: number;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
}

/** The engine's answer as it comes: dockerode's own function keeps all of it in memory. */
export function logStream(
  docker: Docker,
  id: string,
  { timestamps = true, ...request }: LogRequest,
  signal: AbortSignal,
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${id}/logs?`,
        method: "GET",
        isStream: true,
        abortSignal: signal,
        options: { stdout: true, stderr: true, timestamps, ...request },
        statusCodes: { 200: true, 404: "no such container", 500: "server error" },
      },
      (error: Error | null, stream: unknown) => {
        if (error === null) resolve(stream as Readable);
        else reject(error);
      },
    );
  });
}
