import type { Changes } from "../readiness/changes.ts";
import { headline } from "../readiness/gate-text.ts";
import type { ReadinessTracker } from "../readiness/readiness-tracker.ts";
import type { Log } from "./log.ts";
import type { StartRecording } from "./start-recording.ts";

/** Passes on that a service has changed, and logs and records each state that it comes to. */
export async function followService(
  { tracker, replaced }: { readonly tracker: ReadinessTracker; readonly replaced: AbortSignal },
  recording: StartRecording,
  changed: Changes,
  log: Log,
): Promise<void> {
  const { service } = tracker.subject;
  let logged = tracker.state();
  while (!replaced.aborted) {
    await tracker.changed.next(replaced);
    changed.notify();
    if (!replaced.aborted) recording.look();
    const state = tracker.state();
    if (state === logged) continue;
    logged = state;
    log(`service-${state.state}`, {
      service,
      ...(state.state === "failed" && { failure: headline(state.failure) }),
      restarts: tracker.restarts(),
    });
  }
  recording.end();
}
