import type { Clock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { GateVerdict, Params } from "../model/control.ts";
import type { ServiceFailure } from "../model/story.ts";
import { changeOrInstant } from "../readiness/changes.ts";
import { gateText } from "../readiness/gate-text.ts";
import type { ServiceProgress } from "../readiness/progress-text.ts";
import { progressText } from "../readiness/progress-text.ts";
import type { ServiceProof } from "../readiness/service-proof.ts";
import { doubtOf } from "../readiness/standing.ts";
import { progressLines } from "./progress-lines.ts";
import type { Entry, Services } from "./services.ts";

/** What fails at nearly the same time is reported together: so long is waited after the first failure. */
const settleMs = 1000;
/** A readiness older than this is asked for once more before a gate opens on it. */
const freshMs = 2000;
/** A failure that nobody has heard of is the answer to a question asked soon after; later it is tried again. */
const newsworthyMs = 60_000;

/**
 * Waits until every service is ready, or the phase cannot be proven any more. A service that became ready
 * long before the slowest one is asked once more: the gate's verdict is of one moment, too. When the signal
 * aborts, it stops waiting; the services go on being proven.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN; PHASEGATE_CONTROL_REFUSED when a service was replaced meanwhile
 */
export async function proveGate(
  services: Services,
  clock: Clock,
  { phase, services: registrations }: Params<"prove">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<GateVerdict> {
  const entries = Object.entries(registrations).map(([service, registration]) =>
    services.entry(service, registration),
  );
  await Promise.all(entries.map((entry) => beginWhereNeeded(services, entry, clock)));

  const lines = progressLines(onProgress, clock);
  let firstFailureMs: number | undefined;
  const confirmedMs = new Map<Entry, number>();
  for (;;) {
    if (signal.aborted) {
      // Who waited and left has no use for this outcome; who comes next asks anew.
      for (const entry of entries) entry.heard = true;
      throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the client has gone");
    }
    const lost = entries.find(({ replaced }) => replaced.aborted);
    if (lost)
      throw new PhasegateError(
        "PHASEGATE_CONTROL_REFUSED",
        `${lost.proof.subject.service} was replaced while its gate was being proven. Run the same command again.`,
      );

    // What was ready and ended while the rest was waited for is a matter of the failure policy.
    for (const entry of entries) if (entry.proof.state().state === "stopped") services.proveOn(entry);
    const states = entries.map(({ proof }) => proof.state().state);
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
        ({ proof }) => proof.state().state === "starting" && proof.isHopeless(),
      );
      if (hopeless.length === 0) return verdict(services, phase, entries);
      for (const { proof } of hopeless) proof.giveUp();
      await services.changed.next(signal);
      continue;
    }

    const nextLineMs = lines(
      progressText(
        entries.map(({ proof }) => serviceProgress(proof)),
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
  const { proof, container } = entry;
  const { service, expectation } = proof.subject;
  const state = proof.state();
  if (state.state === "failed") {
    if (entry.heard || clock.now() - state.atMs > newsworthyMs) {
      await container.look();
      if (proof.state() === state) services.proveAgain(entry);
    }
    return;
  }
  if (state.state !== "ready" && state.state !== "stopped") return;
  const seen = await container.look();
  const now = proof.state();
  if (
    (now.state === "ready" || now.state === "stopped") &&
    doubtOf(service, now, seen, expectation.job) !== undefined
  ) {
    if (now.state === "ready") proof.noticed();
    services.proveAgain(entry);
  }
}

/** When it was last known that all probes of a service that is ready pass. */
function lastReadyMs(entry: Entry, confirmedMs: ReadonlyMap<Entry, number>): number {
  const state = entry.proof.state();
  return Math.max(confirmedMs.get(entry) ?? 0, state.state === "ready" ? state.readyMs : 0);
}

/** Asks every probe of a service that is ready once more; if one does not pass, the service is proven on. */
async function confirm(services: Services, entry: Entry, signal: AbortSignal): Promise<void> {
  const { proof } = entry;
  const outcomes = await Promise.all(
    Object.entries(proof.asked).map(async ([name, probe]) => {
      const outcome = await proof.subject.attempt(probe, signal);
      if (!signal.aborted) proof.record(name, outcome);
      return outcome;
    }),
  );
  const doubtful = !signal.aborted && outcomes.some(({ status }) => status === "failed");
  if (doubtful && !entry.replaced.aborted && proof.state().state === "ready") services.proveOn(entry);
}

/** The verdict of now. What others need is reported before them: there lies the cause. */
function verdict(services: Services, phase: string, entries: readonly Entry[]): GateVerdict {
  for (const entry of entries) entry.heard = true;
  const stories = entries.map(({ proof }) => proof.story());
  const inOrder = services.inStartOrder().filter((entry) => entries.includes(entry));
  const failures = inOrder.flatMap(({ proof }): ServiceFailure[] => {
    const state = proof.state();
    return state.state === "failed" ? [state.failure] : [];
  });
  if (failures.length === 0) return { opened: true, services: stories };
  return { opened: false, services: stories, failures, message: gateText(phase, failures, stories) };
}

function serviceProgress(proof: ServiceProof): ServiceProgress {
  const { expectation } = proof.subject;
  return {
    story: proof.story(),
    state: proof.state(),
    job: expectation.job,
    maxRetries: expectation.restarts.maxRetries,
  };
}
