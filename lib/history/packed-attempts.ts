import type { AttemptLatency } from "../model/latencies.ts";

const statuses = ["passed", "failed", "unknown"] as const;

/** The longest that is kept of an attempt: what four bytes hold. */
const longestMs = 2 ** 32 - 1;

/** Bytes of one attempt: its status, its place in the minute, how long it took. */
const attemptBytes = 7;

/** The attempts of one minute, each in seven bytes. What took parts of a millisecond is rounded. */
export function packAttempts(attempts: readonly AttemptLatency[]): Uint8Array {
  const bytes = new Uint8Array(attempts.length * attemptBytes);
  const view = new DataView(bytes.buffer);
  for (const [i, { status, tookMs, atMs }] of attempts.entries()) {
    view.setUint8(i * attemptBytes, statuses.indexOf(status));
    view.setUint16(i * attemptBytes + 1, Math.floor(atMs % 60_000));
    view.setUint32(i * attemptBytes + 3, Math.min(longestMs, Math.max(0, Math.round(tookMs))));
  }
  return bytes;
}

/** What {@link packAttempts} has made of the minute that began at `minuteMs`. */
export function unpackAttempts(bytes: Uint8Array, minuteMs: number): AttemptLatency[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / attemptBytes) }, (_, i) => ({
    status: statuses[view.getUint8(i * attemptBytes)] ?? "unknown",
    atMs: minuteMs + view.getUint16(i * attemptBytes + 1),
    tookMs: view.getUint32(i * attemptBytes + 3),
  }));
}
