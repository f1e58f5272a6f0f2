import type { Clock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { GateVerdict, Params } from "../model/control.ts";
import type { ServiceFailure } from "../model/status.ts";
import { changeOrInstant } from "../readiness/changes.ts";
import { gateText } from "../readiness/gate-text.ts";
import type { ServiceProgress } from "../readiness/progress-text.ts";
import { progressText } from "../readiness/progress-text.ts";
import type { ReadinessTracker } from "../readiness/readiness-tracker.ts";
import { staleReasonOf } from "../readiness/stale-reason.ts";
import { progressLines } from "./progress-lines.ts";
import type { Entry, Services } from "./services.ts";

/** What fails at nearly the same time is reported together: so long is waited after the first failure. */
const settleMs = 1000;
/** A readiness older than this is verified once more before a gate opens on it. */
const freshMs = 2000;
/** A failure that no client has received answers the next request within this time; after it the service is tried again. */
const newsworthyMs = 60_000;

/**
 * Waits until every service is ready, or the phase cannot be proven any more. A service that became ready
 * long before the slowest one is probed once more: the gate's verdict is of one moment, too. When the signal
 * aborts, it stops waiting; the services go on being proven.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN; PHASEGATE_CONTROL_REFUSED when a service was replaced meanwhile
 */
export async function proveGate(
  services: Services,
  clock: Clock,
  { phase, services: specHashes }: Params<"prove">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<GateVerdict> {
  const entries = Object.entries(specHashes).map(([service, specHash]) => services.entry(service, specHash));
  await Promise.all(entries.map((entry) => beginWhereNeeded(services, entry, clock)));

  const lines = progressLines(onProgress, clock);
  let firstFailureMs: number | undefined;
  const confirmedMs = new Map<Entry, number>();
  for (;;) {
    if (signal.aborted) {
      // A client that left has no use for this outcome: the next one starts a new verification.
      for (const entry of entries) entry.reported = true;
      throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the client has gone");
    }
    const lost = entries.find(({ replaced }) => replaced.aborted);
    if (lost)
      throw new PhasegateError(
        "PHASEGATE_CONTROL_REFUSED",
        `${lost.tracker.subject.service} was replaced while its gate was being proven. Run the same command again.`,
      );

    // What was ready and ended while the rest was waited for is a matter of the failure policy.
    for (const entry of entries) if (entry.tracker.state().state === "stopped") services.proveOn(entry);
    const states = entries.map(({ tracker }) => tracker.state().state);
    if (states.includes("failed")) firstFailureMs ??= clock.now();
    if (states.every((state) => state === "ready")) {
      const stale = entries.filter((entry) => clock.now() - lastReadyMs(entry, confirmedMs) > freshMs);
      if (stale.length === 0) return verdict(services, phase, entries);
      await Promise.all(stale.map((entry) => confirm(services, entry, signal)));
      for (const entry of stale) confirmedMs.set(entry, clock.now());
      continue;
    }
    const settled = states.every((state) => state === "ready" || state === "failed");
    if (settled || (firstFailureMs !== undefined && clock.now() >= firstFailureMs + settleMs)) {
      // What cannot become ready may be why another has failed: it is reported as well.
      const hopeless = entries.filter(
        ({ tracker }) => tracker.state().state === "starting" && tracker.isHopeless(),
      );
      if (hopeless.length === 0) return verdict(services, phase, entries);
      for (const { tracker } of hopeless) tracker.giveUp();
      await services.changed.next(signal);
      continue;
    }

    const nextLineMs = lines(
      progressText(
        entries.map(({ tracker }) => serviceProgress(tracker)),
        clock.now(),
      ),
    );
    await changeOrInstant(
      services.changed,
      clock,
      Math.min(nextLineMs, firstFailureMs === undefined ? Infinity : firstFailureMs + settleMs),
      signal,
    );
  }
}

async function beginWhereNeeded(services: Services, entry: Entry, clock: Clock): Promise<void> {
  const { tracker, container } = entry;
  const { service, spec } = tracker.subject;
  const state = tracker.state();
  if (state.state === "failed") {
    if (entry.reported || clock.now() - state.atMs > newsworthyMs) {
      await container.look();
      if (tracker.state() === state) services.proveAgain(entry);
    }
    return;
  }
  if (state.state !== "ready" && state.state !== "stopped") return;
  const seen = await container.look();
  const now = tracker.state();
  if (
    (now.state === "ready" || now.state === "stopped") &&
    staleReasonOf(service, now, seen, spec.job) !== undefined
  ) {
    if (now.state === "ready") tracker.noticed();
    services.proveAgain(entry);
  }
}

/** When it was last known that all probes of a service that is ready pass. */
function lastReadyMs(entry: Entry, confirmedMs: ReadonlyMap<Entry, number>): number {
  const state = entry.tracker.state();
  return Math.max(confirmedMs.get(entry) ?? 0, state.state === "ready" ? state.readyMs : 0);
}

/** Runs every probe of a service that is ready once more; if one does not pass, its verification goes on. */
async function confirm(services: Services, entry: Entry, signal: AbortSignal): Promise<void> {
  const { tracker } = entry;
  const outcomes = await Promise.all(
    Object.entries(tracker.enabledProbes).map(async ([name, probe]) => {
      const outcome = await tracker.subject.attempt(probe, signal);
      if (!signal.aborted) tracker.record(name, outcome);
      return outcome;
    }),
  );
  const stale = !signal.aborted && outcomes.some(({ status }) => status === "failed");
  if (stale && !entry.replaced.aborted && tracker.state().state === "ready") services.proveOn(entry);
}

/** The verdict of now. What others need is reported before them: there lies the cause. */
function verdict(services: Services, phase: string, entries: readonly Entry[]): GateVerdict {
  for (const entry of entries) entry.reported = true;
  const statuses = entries.map(({ tracker }) => tracker.status());
  const inOrder = services.inStartOrder().filter((entry) => entries.includes(entry));
  const failures = inOrder.flatMap(({ tracker }): ServiceFailure[] => {
    const state = tracker.state();
    return state.state === "failed" ? [state.failure] : [];
  });
  if (failures.length === 0) return { opened: true, services: statuses };
  return { opened: false, services: statuses, failures, message: gateText(phase, failures, statuses) };
}

function serviceProgress(tracker: ReadinessTracker): ServiceProgress {
  const { spec } = tracker.subject;
  return {
    status: tracker.status(),
    state: tracker.state(),
    job: spec.job,
    maxRetries: spec.restarts.maxRetries,
  };
}
