import type { dynamic } from "@pulumi/pulumi";
import type { Duration } from "../../core/duration.ts";
import { durationMs } from "../../core/duration.ts";
import { PhasegateError } from "../../core/errors.ts";
import type { GateVerdict, StaleReason } from "../../model/control-answers.ts";
import type { ServiceStatus } from "../../model/status.ts";
import { startTimes, type StartTimes } from "../../model/start-times.ts";
import { changedInputs } from "./changed-inputs.ts";
import { isProvenAgain } from "./service-readiness.ts";
import { shown } from "./shown.ts";
import { untilInterrupted } from "./interruption.ts";
import { coordinator, coordinatorAsItIs } from "./coordinators.ts";
import { driftTold } from "./drift-notices.ts";
import type { WantedService } from "./readiness-inputs.ts";
import { rowNotice, rowProgress } from "./row-progress.ts";

/** The inputs of the resource PhaseGate. */
export interface PhaseGateInputs {
  readonly coordinator: string;
  readonly host?: string | undefined;
  /** The resource's own URN, for the progress on its row. */
  readonly row: string;
  readonly phase: string;
  readonly title: string;
  readonly budget: Duration;
  readonly validation: string;
  readonly dependsOn: readonly string[];
  /** What is waited for of each service, as ServiceReadiness returned it. */
  readonly services: Readonly<Record<string, WantedService>>;
  /** The generation of each service that the gate proves: what its dependents in later phases look at. */
  readonly generations: Readonly<Record<string, string>>;
}

/** How a service came to be ready. */
export interface ReadyTimes extends StartTimes {
  readonly restarts: number;
}

const inputKeys = [
  "coordinator",
  "host",
  "phase",
  "title",
  "budget",
  "validation",
  "dependsOn",
  "services",
  "generations",
];

/** How long a gate goes on connecting to a coordinator that was lost, beyond its budget. */
const marginMs = 60_000;

/** Waits until every service of the phase is ready. @throws PhasegateError PHASEGATE_GATE_FAILED with the whole report. */
async function waitUntilOpen(
  inputs: PhaseGateInputs,
): Promise<PhaseGateInputs & { ready: Record<string, ReadyTimes> }> {
  const { phase } = inputs;
  const show = rowProgress(inputs.row);
  let progress = "it had only begun";
  const verdict = await untilInterrupted(
    verdictOf(inputs, (text) => show((progress = text))),
    () => `the gate of ${phase} was waiting: ${progress}`,
  );
  if (!verdict.opened) throw new PhasegateError("PHASEGATE_GATE_FAILED", verdict.message);
  return {
    ...inputs,
    ready: Object.fromEntries(verdict.services.map((status) => [status.service, readyTimes(status)])),
  };
}

/** Asks for the verdict. A coordinator that is lost meanwhile comes back, and goes on: so does the wait, within its budget. */
async function verdictOf(inputs: PhaseGateInputs, onProgress: (text: string) => void): Promise<GateVerdict> {
  const { phase, services, budget } = inputs;
  const untilMs = performance.now() + durationMs(budget) + marginMs;
  for (let resumed = false; ; resumed = true) {
    const client = await coordinator(inputs);
    try {
      return await client.call("awaitGate", { phase, services: { ...services }, resumed }, ({ text }) =>
        onProgress(text),
      );
    } catch (error) {
      const lost = error instanceof PhasegateError && error.code === "PHASEGATE_COORDINATOR_UNREACHABLE";
      if (!lost || performance.now() >= untilMs) throw error;
      onProgress("the coordinator was lost, and is being connected to again");
    }
  }
}

function readyTimes(status: ServiceStatus): ReadyTimes {
  return { ...startTimes(status), restarts: status.restarts };
}

export async function create(inputs: PhaseGateInputs): Promise<dynamic.CreateResult> {
  return { id: inputs.phase, outs: await shown(waitUntilOpen(inputs)) };
}

export async function update(
  _id: string,
  _olds: unknown,
  news: PhaseGateInputs,
): Promise<dynamic.UpdateResult> {
  return { outs: await shown(waitUntilOpen(news)) };
}

/** A gate is verified again when a container or a readiness spec in its phase has changed, and when the readiness of one of its services is stale. */
export async function diff(
  _id: string,
  olds: PhaseGateInputs,
  news: PhaseGateInputs,
): Promise<dynamic.DiffResult> {
  await driftTold();
  // State of an earlier version differs by its names: an update writes it under the current ones, by which dependents read it.
  if (changedInputs({ ...olds }, { ...news }, inputKeys).length > 0) return { changes: true };
  if (isProvenAgain(Object.keys(news.services))) return { changes: true };
  const staleReason = await staleReasonOf(olds);
  // What else there may be is said by the services.
  if (staleReason?.kind === "unproven")
    rowNotice(news.row)(`the gate of ${news.phase} is proven again: ${staleReason.text}`);
  return { changes: staleReason !== undefined };
}

async function staleReasonOf(olds: PhaseGateInputs): Promise<StaleReason | undefined> {
  try {
    const client = await coordinatorAsItIs(olds);
    return (await client.call("staleness", { services: { ...olds.services } })).reason;
  } catch {
    // The update that follows says why the coordinator does not answer.
    return { kind: "unknown", text: "the coordinator does not answer" };
  }
}
