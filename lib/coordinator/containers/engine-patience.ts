import type { Backoff } from "../../core/backoff.ts";

/** The waits between two tries of what the engine does not answer, or has broken off. */
export const enginePatience: Backoff = { initialMs: 100, multiplier: 2, maxMs: 5000, jitter: 0.2 };
