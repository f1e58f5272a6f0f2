import type { dynamic } from "@pulumi/pulumi";
import { errorText } from "../../core/errors.ts";
import type { Telemetry } from "../../model/telemetry.ts";
import { hashOf } from "../../model/spec-hash.ts";
import { connectEngine } from "../../engine/docker-engine.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator, coordinatorAsItIs } from "./coordinators.ts";
import { rowNotice } from "./row-progress.ts";
import { shown } from "./shown.ts";

/** The inputs of the resource Telemetry. */
export interface TelemetryInputs extends Telemetry {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  readonly coordinator: string;
  /** The name of the coordinator's container: in an `up` that takes the telemetry back it may be another container already. */
  readonly coordinatorName: string;
  readonly host?: string | undefined;
  readonly secrets: Readonly<Record<string, string>>;
}

const inputKeys = ["host", "declaration", "environment", "alerting", "metrics", "tracing", "secrets"];

async function apply(inputs: TelemetryInputs): Promise<TelemetryInputs> {
  const client = await coordinator(inputs);
  await client.call("configure", { telemetry: telemetryOf(inputs), secrets: inputs.secrets });
  return inputs;
}

function telemetryOf({ declaration, environment, alerting, metrics, tracing }: TelemetryInputs): Telemetry {
  return {
    ...{ declaration, environment },
    ...(alerting && { alerting }),
    ...(metrics && { metrics }),
    ...(tracing && { tracing }),
  };
}

export async function create(inputs: TelemetryInputs): Promise<dynamic.CreateResult> {
  return { id: "telemetry", outs: await shown(apply(inputs)) };
}

export async function update(
  _id: string,
  _olds: unknown,
  news: TelemetryInputs,
): Promise<dynamic.UpdateResult> {
  return { outs: await shown(apply(news)) };
}

/** A coordinator that has lost what it was given is given it again. */
export async function diff(
  _id: string,
  olds: TelemetryInputs,
  news: TelemetryInputs,
): Promise<dynamic.DiffResult> {
  const changed = changedInputs({ ...olds }, { ...news }, inputKeys).length > 0;
  return { changes: changed || olds.coordinator !== news.coordinator || (await isLost(news)) };
}

async function isLost(news: TelemetryInputs): Promise<boolean> {
  try {
    const client = await coordinatorAsItIs(news);
    const { telemetry } = await client.call("hello", {});
    return telemetry !== hashOf(telemetryOf(news));
  } catch {
    // The services say what is the matter with it.
    return false;
  }
}

/** It is in the declaration no more, or the stack is destroyed: nobody is alerted from here on. */
export async function remove(_id: string, inputs: TelemetryInputs): Promise<void> {
  const { declaration, environment, row, host, coordinatorName } = inputs;
  try {
    const found = await connectEngine({ host }).inspect(coordinatorName);
    if (found === undefined) return;
    const client = await coordinatorAsItIs({ row, coordinator: found.id, host });
    await client.call("configure", { telemetry: { declaration, environment }, secrets: {} });
  } catch (error) {
    rowNotice(row)(`the coordinator goes on with its alerts and metrics: ${errorText(error)}`);
  }
}
