import type { dynamic } from "@pulumi/pulumi";
import type { Duration } from "../../core/duration.ts";
import { PhasegateError } from "../../core/errors.ts";
import type { EdgeProbes } from "../../model/control.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator } from "./coordinators.ts";
import { untilInterrupted } from "./interruption.ts";
import { rowProgress } from "./row-progress.ts";
import { shown } from "./shown.ts";
import { withCurrentNames } from "./state-of-earlier-versions.ts";

/** The inputs of the resource PhaseEdges. */
export interface PhaseEdgesInputs {
  /** The resource's own URN, for the progress on its row. */
  readonly row: string;
  readonly coordinator: string;
  readonly host?: string | undefined;
  readonly phase: string;
  readonly budget: Duration;
  readonly edges: readonly EdgeProbes[];
  /** The generation of each needed service. */
  readonly generations: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const inputKeys = ["host", "phase", "budget", "edges", "generations", "secrets"];

/** Proves the edges. @throws PhasegateError PHASEGATE_EDGE_FAILED with every edge and probe. */
async function prove(inputs: PhaseEdgesInputs): Promise<PhaseEdgesInputs> {
  const { phase, budget, edges, secrets } = inputs;
  const client = await coordinator(inputs);
  const show = rowProgress(inputs.row);
  let progress = "it had only begun";
  const verification = client.call(
    "validateEdges",
    { phase, budget, edges: [...edges], secrets },
    ({ text }) => show((progress = text)),
  );
  const verdict = await untilInterrupted(
    verification,
    () => `the edges of ${phase} were being proven: ${progress}`,
  );
  if (!verdict.proven) throw new PhasegateError("PHASEGATE_EDGE_FAILED", verdict.message);
  return inputs;
}

export async function create(inputs: PhaseEdgesInputs): Promise<dynamic.CreateResult> {
  return { id: inputs.phase, outs: await shown(prove(inputs)) };
}

export async function update(
  _id: string,
  _olds: unknown,
  news: PhaseEdgesInputs,
): Promise<dynamic.UpdateResult> {
  return { outs: await shown(prove(news)) };
}

/** Edges are verified again when one of them or its probes change, and when a needed service is of another generation. */
export async function diff(
  _id: string,
  state: PhaseEdgesInputs,
  news: PhaseEdgesInputs,
): Promise<dynamic.DiffResult> {
  return { changes: changedInputs({ ...withCurrentNames(state) }, { ...news }, inputKeys).length > 0 };
}
