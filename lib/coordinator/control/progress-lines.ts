import type { Clock } from "../../core/clock.ts";

/** The shortest time between two lines of progress. */
const progressEveryMs = 200;

/** Sends a line when it is another than the last, and not too soon after it; returns when the next one may be sent, if one is due. */
export function progressLines(onProgress: (text: string) => void, clock: Clock): (text: string) => number {
  let last = "";
  let lastMs = -Infinity;
  return (text) => {
    if (text === last) return Infinity;
    if (clock.now() < lastMs + progressEveryMs) return lastMs + progressEveryMs;
    last = text;
    lastMs = clock.now();
    onProgress(text);
    return Infinity;
  };
}
