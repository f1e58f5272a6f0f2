import type { dynamic } from "@pulumi/pulumi";
import type { Expectation } from "../../model/plan.ts";
import { changedInputs } from "./changed-inputs.ts";
import { shown } from "./shown.ts";
import { coordinator } from "./coordinators.ts";

/** What the resource ServiceReadiness is told. */
export interface ServiceReadinessInputs extends Expectation {
  /** The id of the coordinator's container. */
  readonly coordinator: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
  readonly service: string;
  readonly phase: string;
  /** The id of the service's container. */
  readonly container: string;
  readonly secrets: Readonly<Record<string, string>>;
}

const expectationKeys = [
  "validation",
  "level",
  "budget",
  "successThreshold",
  "cadence",
  "restarts",
  "grace",
  "endpoint",
  "job",
  "probes",
] as const satisfies readonly (keyof Expectation)[];

const inputKeys = ["coordinator", "host", "service", "phase", "container", "secrets", ...expectationKeys];

/** Tells the coordinator that the container is there and what is expected of it: probing begins at that moment. */
async function expect(
  inputs: ServiceReadinessInputs,
  again: boolean,
): Promise<ServiceReadinessInputs & { registration: string }> {
  const { service, phase, container, secrets } = inputs;
  const expectation = Object.fromEntries(
    expectationKeys.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
  ) as unknown as Expectation;
  const client = await coordinator(inputs.coordinator, inputs.host);
  const { registration } = await client.call("expect", {
    service,
    phase,
    container,
    again,
    expectation,
    secrets,
  });
  return { ...inputs, registration };
}

export async function create(inputs: ServiceReadinessInputs): Promise<dynamic.CreateResult> {
  return { id: `${inputs.phase}/${inputs.service}`, outs: await shown(expect(inputs, false)) };
}

export async function update(
  _id: string,
  olds: ServiceReadinessInputs,
  news: ServiceReadinessInputs,
): Promise<dynamic.UpdateResult> {
  return { outs: await shown(expect(news, olds.container === news.container)) };
}

/** A changed expectation is told anew, in place. So is one that the coordinator has lost with its memory. */
export async function diff(
  _id: string,
  olds: ServiceReadinessInputs & { registration: string },
  news: ServiceReadinessInputs,
): Promise<dynamic.DiffResult> {
  if (changedInputs({ ...olds }, { ...news }, inputKeys).length > 0) return { changes: true };
  return { changes: !(await isKnown(olds)) };
}

async function isKnown({
  coordinator: container,
  host,
  service,
  registration,
}: ServiceReadinessInputs & { registration: string }): Promise<boolean> {
  try {
    const client = await coordinator(container, host);
    const { services } = await client.call("status", {});
    return services.some((story) => story.service === service && story.registration === registration);
  } catch {
    // A coordinator that does not answer knows nothing; the update that follows says why it does not.
    return false;
  }
}
