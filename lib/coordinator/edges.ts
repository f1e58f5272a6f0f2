import { hostname } from "node:os";
import { createInterface } from "node:readline";
import type { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { durationMs } from "../core/duration.ts";
import { PhasegateError } from "../core/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { EdgeProbes, EdgeStory, EdgesVerdict, Params } from "../model/control.ts";
import { changeOrInstant, changes } from "../readiness/changes.ts";
import { edgesProgress, edgesText } from "../readiness/edge-text.ts";
import type { ProbeRecord } from "../readiness/probe-record.ts";
import { newRecord, probeStory, recordOutcome } from "../readiness/probe-record.ts";
import type { ProberAnswer, ProberTask } from "./prober.ts";
import type { Redaction } from "./redaction.ts";

/** What edges are validated with. */
export interface EdgeMeans {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly redaction: Redaction;
  /** What the containers of probers are labelled with, besides what they are. */
  readonly labels: Readonly<Record<string, string>>;
}

const cadence: Backoff = { initialMs: 100, multiplier: 1.5, maxMs: 1000, jitter: 0.2 };
const once = { successThreshold: 1, failureThreshold: 1 };

/** An edge, and what was answered to its probes up to now. */
interface AskedEdge extends EdgeProbes {
  readonly records: Map<string, ProbeRecord>;
}

/**
 * Asks each edge's probes from a container that stands where the dependent's will: on its networks, with the names
 * that these resolve. One prober a dependent, from the coordinator's own image; the secrets reach it by its stdin.
 */
export async function validateEdges(
  means: EdgeMeans,
  { phase, budget, edges, secrets }: Params<"validateEdges">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<EdgesVerdict> {
  const { clock, redaction } = means;
  redaction.learn(
    secrets,
    edges.flatMap(({ dependent, needed }) => [phase, dependent, needed]),
  );
  const asked = edges.map((edge): AskedEdge => ({ ...edge, records: newRecords(edge) }));
  const changed = changes();
  const over = new AbortController();
  const beganMs = clock.now();
  const deadline = beganMs + durationMs(budget);
  const image = await ownImage(means.engine);
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  try {
    for (const dependent of new Set(edges.map((edge) => edge.dependent))) {
      const own = asked.filter((edge) => edge.dependent === dependent);
      const task: ProberTask = { edges: own.map(({ records: _, ...edge }) => edge), secrets, cadence };
      runProber(means, { image, dependent, own, task, onAnswer: changed.notify }, over.signal).catch(
        (error: unknown) => broken.reject(error),
      );
    }
    while (!asked.every(isProven) && clock.now() < deadline && !signal.aborted) {
      onProgress(edgesProgress(stories(asked)));
      await Promise.race([changeOrInstant(changed, clock, deadline, signal), broken.promise]);
    }
  } finally {
    over.abort();
  }
  if (signal.aborted) throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the client has gone");
  const result = stories(asked);
  return asked.every(isProven)
    ? { proven: true, edges: result }
    : { proven: false, edges: result, message: edgesText(phase, result, clock.now() - beganMs, budget) };
}

interface Prober {
  readonly image: string;
  readonly dependent: string;
  readonly own: readonly AskedEdge[];
  readonly task: ProberTask;
  readonly onAnswer: () => void;
}

/** Runs a prober until the signal aborts. @throws Error when it cannot be run, or ends before. */
async function runProber(
  { engine, labels, clock, redaction }: EdgeMeans,
  { image, dependent, own, task, onAnswer }: Prober,
  signal: AbortSignal,
): Promise<void> {
  const stream = await engine.runOnce({
    image,
    command: ["node", "/app/main.mjs", "probe"],
    networks: own[0]?.networks ?? [],
    labels: { ...labels, "phasegate.prober": dependent },
  });
  const stop = () => void stream.destroy();
  signal.addEventListener("abort", stop);
  if (signal.aborted) return stop();
  const failed = new Promise<never>((_, reject) => stream.once("error", reject));
  failed.catch(() => undefined);
  stream.write(`${JSON.stringify(task)}\n`);
  const read = async () => {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const { needed, probe, outcome } = JSON.parse(line) as ProberAnswer;
      const records = own.find((edge) => edge.needed === needed)?.records;
      const record = records?.get(probe);
      if (record === undefined) continue;
      const told =
        outcome.status === "passed"
          ? outcome
          : { ...outcome, cause: { ...outcome.cause, text: redaction.redact(outcome.cause.text) } };
      records?.set(probe, recordOutcome(record, told, once, clock.now()));
      onAnswer();
    }
  };
  await Promise.race([read(), failed]);
  if (!signal.aborted) throw new Error(`the prober in the place of ${dependent} ended before it was told to`);
}

function newRecords({ probes }: EdgeProbes): Map<string, ProbeRecord> {
  return new Map(Object.entries(probes).map(([name, { kind }]) => [name, newRecord(name, kind)]));
}

function isProven({ records }: AskedEdge): boolean {
  return [...records.values()].every(({ passing }) => passing);
}

function stories(edges: readonly AskedEdge[]): EdgeStory[] {
  return edges.flatMap(({ dependent, needed, records }) =>
    [...records.values()].map((record) => ({ dependent, needed, probe: probeStory(record) })),
  );
}

/** The engine names a container's host after its id. */
async function ownImage(engine: Engine): Promise<string> {
  const own = await engine.inspect(hostname());
  if (own === undefined)
    throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the coordinator does not find its own container");
  return own.image;
}
