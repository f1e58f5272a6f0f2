import type { Backoff } from "../../core/backoff.ts";
import type { Clock } from "../../core/clock.ts";
import { durationMs } from "../../core/duration.ts";
import { PhasegateError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { EdgeProbes, Params } from "../../model/control.ts";
import type { EdgesVerdict } from "../../model/control-answers.ts";
import type { EdgeStatus } from "../../model/status.ts";
import { changeOrInstant, changes } from "../../readiness/changes.ts";
import { edgesProgress, edgesText } from "../../readiness/edge-text.ts";
import type { ProbeRecord } from "../../readiness/probe-record.ts";
import { newRecord, probeStatus, recordOutcome } from "../../readiness/probe-record.ts";
import { runProber } from "./edge-prober.ts";
import type { ProberAnswer } from "./prober.ts";
import { progressLines } from "../control/progress-lines.ts";
import type { Redaction } from "../redaction.ts";
import { redactOutcome } from "../redaction.ts";

/** What edges are validated with. */
export interface EdgeDependencies {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly redaction: Redaction;
  /** What the containers of probers are labelled with, besides what they are. */
  readonly labels: Readonly<Record<string, string>>;
  /** The stack's name, for the commands that messages suggest; undefined where it is not known. */
  readonly stack: string | undefined;
}

const cadence: Backoff = { initialMs: 100, multiplier: 1.5, maxMs: 1000, jitter: 0.2 };
const once = { successThreshold: 1, failureThreshold: 1 };

/** An edge, and what was answered to its probes up to now. */
interface ProbedEdge extends EdgeProbes {
  readonly records: Map<string, ProbeRecord>;
}

/**
 * Runs each edge's probes in a container that stands where the dependent's will: on its networks, with the names
 * that these resolve. One prober a dependent, from the coordinator's own image; the secrets reach it by its stdin.
 */
export async function validateEdges(
  { engine, clock, redaction, labels, stack }: EdgeDependencies,
  { phase, budget, edges, secrets }: Params<"validateEdges">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<EdgesVerdict> {
  redaction.learn(secrets);
  const probed = edges.map((edge): ProbedEdge => ({ ...edge, records: newRecords(edge) }));
  const changed = changes();
  const lines = progressLines(onProgress, clock);
  const over = new AbortController();
  const beganMs = clock.now();
  const budgetMs = durationMs(budget);
  const deadline = beganMs + budgetMs;
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  try {
    for (const [dependent, own] of Map.groupBy(probed, (edge) => edge.dependent)) {
      const place = { dependent, networks: own[0]?.networks ?? [], labels };
      const task = { edges: own.map(({ records: _, ...edge }) => edge), secrets, cadence };
      const onAnswer = (answer: ProberAnswer) => {
        record(own, answer, redaction, clock.now());
        changed.notify();
      };
      runProber(engine, place, task, onAnswer, over.signal).catch((error: unknown) => broken.reject(error));
    }
    while (!probed.every(isProven) && clock.now() < deadline && !signal.aborted) {
      const nextLineMs = lines(edgesProgress(statuses(probed)));
      const next = changeOrInstant(changed, clock, Math.min(deadline, nextLineMs), signal);
      await Promise.race([next, broken.promise]);
    }
  } finally {
    over.abort();
  }
  if (signal.aborted) throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the client has gone");
  const result = statuses(probed);
  if (probed.every(isProven)) return { proven: true, edges: result };
  const time = { usedMs: clock.now() - beganMs, budgetMs };
  return { proven: false, edges: result, ...time, message: edgesText(phase, result, { ...time, stack }) };
}

function newRecords({ probes }: EdgeProbes): Map<string, ProbeRecord> {
  return new Map(Object.entries(probes).map(([name, { kind }]) => [name, newRecord(name, kind)]));
}

function record(
  edges: readonly ProbedEdge[],
  { needed, probe, outcome }: ProberAnswer,
  { redact }: Redaction,
  nowMs: number,
): void {
  const records = edges.find((edge) => edge.needed === needed)?.records;
  const before = records?.get(probe);
  if (before) records?.set(probe, recordOutcome(before, redactOutcome(outcome, redact), once, nowMs));
}

function isProven({ records }: ProbedEdge): boolean {
  return [...records.values()].every(({ passing }) => passing);
}

function statuses(edges: readonly ProbedEdge[]): EdgeStatus[] {
  return edges.flatMap(({ dependent, needed, records }) =>
    [...records.values()].map((record) => ({ dependent, needed, probe: probeStatus(record) })),
  );
}
