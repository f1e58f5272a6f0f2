import type { dynamic } from "@pulumi/pulumi";
import type { Duration } from "../../core/duration.ts";
import { durationMs } from "../../core/duration.ts";
import { answered, dockerClient, unlessMissing, unlessUnchanged } from "../../engine/docker-engine.ts";
import { portHolders } from "../../engine/published-ports.ts";
import { claimText } from "../check-ports.ts";
import type { Claim, PortClaims } from "../port-claims.ts";
import { judgeClaims } from "../port-claims.ts";
import { changedInputs } from "./changed-inputs.ts";
import { rowNotice, rowProgress } from "./row-progress.ts";
import { shown } from "./shown.ts";

/** The inputs of the resource StackPorts. */
export interface StackPortsInputs extends PortClaims {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  readonly host?: string | undefined;
  /** The time between SIGTERM and SIGKILL, by service. */
  readonly graces: Readonly<Record<string, Duration>>;
}

const inputKeys = ["host", "declaration", "stack", "claims"];

/** What `up` does about a port that goes to another service, in words. */
function handOverText({ service, address, holder }: Claim): string {
  return `${service} takes port ${claimText(address)} over from the container ${holder.name}, which is stopped before`;
}

async function handedOver(inputs: StackPortsInputs): Promise<readonly Claim[]> {
  return judgeClaims(inputs, await portHolders(dockerClient(inputs.host))).handedOver;
}

/** Stops the containers that hold ports of other services. They stay, and Pulumi replaces or removes them later on. */
async function handOver(
  news: StackPortsInputs,
  graces: StackPortsInputs["graces"],
): Promise<StackPortsInputs> {
  const docker = dockerClient(news.host);
  const takeovers = await handedOver(news);
  await Promise.all(
    takeovers.map(async (claim) => {
      rowProgress(news.row)(handOverText(claim));
      const graceMs = durationMs(graces[claim.holder.labels["phasegate.service"] ?? ""] ?? "10s");
      const stopping = docker.getContainer(claim.holder.id).stop({ t: Math.ceil(graceMs / 1000) });
      await unlessMissing(unlessUnchanged(answered(stopping)));
    }),
  );
  return news;
}

export async function create(inputs: StackPortsInputs): Promise<dynamic.CreateResult> {
  return { id: "ports", outs: await shown(handOver(inputs, inputs.graces)) };
}

export async function update(
  _id: string,
  olds: StackPortsInputs,
  news: StackPortsInputs,
): Promise<dynamic.UpdateResult> {
  // A service that has left the declaration is known from before.
  return { outs: await shown(handOver(news, { ...olds.graces, ...news.graces })) };
}

export async function diff(
  _id: string,
  olds: StackPortsInputs,
  news: StackPortsInputs,
): Promise<dynamic.DiffResult> {
  const takeovers = await shown(handedOver(news));
  for (const claim of takeovers) rowNotice(news.row)(handOverText(claim));
  return { changes: takeovers.length > 0 || changedInputs({ ...olds }, { ...news }, inputKeys).length > 0 };
}
