import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { systemClock } from "../../core/clock.ts";
import type { Backoff } from "../../core/backoff.ts";
import type { EdgeProbes } from "../../model/control.ts";
import type { Outcome } from "../../probe/outcome.ts";
import type { ContainerView } from "../../probe/probe-kind.ts";
import type { RunProbeOptions } from "../../probe/run-probe.ts";
import { runProbe } from "../../probe/run-probe.ts";
import { safeText } from "../../redaction/safe-text.ts";
import { changes } from "../../readiness/changes.ts";
import { workProbe } from "../../readiness/probe-worker.ts";
import { customModules } from "./custom-modules.ts";

/** The task of a prober: the edges that begin where it stands. One line of JSON on its stdin. */
export interface ProberTask {
  readonly edges: readonly EdgeProbes[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly cadence: Backoff;
}

/** What it answers: a line of JSON for each attempt, after an empty one. */
export interface ProberAnswer {
  readonly needed: string;
  readonly probe: string;
  readonly outcome: Outcome;
}

/**
 * Runs the probes of edges where this process is, each until it has passed once, and says how each attempt
 * went. It ends when its input does.
 */
export async function probeFromHere(input: Readable, output: Writable): Promise<void> {
  const end = new AbortController();
  const lines = createInterface({ input, crlfDelay: Infinity });
  lines.once("line", (line) => {
    const task = JSON.parse(line) as ProberTask;
    const redact = safeText(Object.values(task.secrets));
    const options = { redact, loadModule: customModules() };
    for (const edge of task.edges) askEdge(edge, task, options, output, end.signal);
  });
  await new Promise<void>((resolve) => lines.once("close", resolve));
  end.abort();
}

function askEdge(
  { needed, endpoint, probes }: EdgeProbes,
  { secrets, cadence }: ProberTask,
  run: Pick<RunProbeOptions, "redact" | "loadModule">,
  output: Writable,
  end: AbortSignal,
): void {
  for (const [name, probe] of Object.entries(probes)) {
    const passed = new AbortController();
    const options = { ...run, clock: systemClock, secrets, container: noContainer };
    void workProbe(
      {
        attempt: (signal) => runProbe(probe, endpoint?.host ?? needed, endpoint, { ...options, signal }),
        report: (outcome) => {
          // After the end of whatever else may have been written there.
          output.write(`\n${JSON.stringify({ needed, probe: name, outcome } satisfies ProberAnswer)}\n`);
          const passing = outcome.status === "passed";
          if (passing) passed.abort();
          return { passing };
        },
        cadence,
        ...{ news: changes(), askNow: changes() },
        clock: systemClock,
        random: Math.random,
      },
      AbortSignal.any([end, passed.signal]),
    );
  }
}

/** From here a service is no more than its address. */
const noContainer: ContainerView = {
  state: refuse,
  output: refuse,
  followed: refuse,
  lastLines: refuse,
  run: refuse,
};

function refuse(): Promise<never> {
  return Promise.reject(new Error("a container cannot be probed from another one's place"));
}
