import type { Changes } from "../readiness/changes.ts";
import { headline } from "../readiness/gate-text.ts";
import type { ServiceProof } from "../readiness/service-proof.ts";
import type { Log } from "./log.ts";
import type { StartRecording } from "./start-recording.ts";

/** Passes on that a service has changed, and logs and records each state that it comes to. */
export async function followService(
  { proof, replaced }: { readonly proof: ServiceProof; readonly replaced: AbortSignal },
  recording: StartRecording,
  changed: Changes,
  log: Log,
): Promise<void> {
  const { service } = proof.subject;
  let logged = proof.state();
  while (!replaced.aborted) {
    await proof.changed.next(replaced);
    changed.notify();
    if (!replaced.aborted) recording.look();
    const state = proof.state();
    if (state === logged) continue;
    logged = state;
    log(`service-${state.state}`, {
      service,
      ...(state.state === "failed" && { failure: headline(state.failure) }),
      restarts: proof.restarts(),
    });
  }
  recording.end();
}
