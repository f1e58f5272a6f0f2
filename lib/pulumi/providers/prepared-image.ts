import type { dynamic } from "@pulumi/pulumi";
import type { BundleParts } from "../../engine/bundle-image.ts";
import { prepareBundle } from "../../engine/bundle-image.ts";
import { dockerClient } from "../../engine/docker-engine.ts";
import { hasImage, prepareImage } from "../../engine/images.ts";
import { changedInputs } from "./changed-inputs.ts";
import { untilInterrupted } from "./interruption.ts";
import { shown } from "./shown.ts";
import { rowProgress } from "./row-progress.ts";

/** What the resource PreparedImage is told: a reference, or what to bundle and the reference that it will have. */
export interface PreparedImageInputs {
  readonly row: string;
  readonly host?: string | undefined;
  /** The reference asked for: "postgres:17", or of a bundle "phasegate/auth:HASH". */
  readonly wanted: string;
  /** The entry file of a bundle, relative to the program's folder. */
  readonly bundle?: string | undefined;
  /** What is bundled beside it, by the name that it has there. */
  readonly parts?: BundleParts | undefined;
}

export interface PreparedImageOutputs extends PreparedImageInputs {
  /** The reference to run. */
  readonly reference: string;
  readonly source: string;
}

const inputKeys = ["host", "wanted", "bundle", "parts"];

async function prepare(inputs: PreparedImageInputs, root: string): Promise<PreparedImageOutputs> {
  const { wanted, bundle, parts, host, row } = inputs;
  const docker = dockerClient(host);
  const say = rowProgress(row);
  const preparing =
    bundle === undefined
      ? prepareImage(docker, wanted, say)
      : prepareBundle(docker, root, bundle, wanted, say, parts);
  const image = await untilInterrupted(preparing, () => `the image ${wanted} was being prepared`);
  return { ...inputs, ...image };
}

export async function create(inputs: PreparedImageInputs): Promise<dynamic.CreateResult> {
  const outs = await shown(prepare(inputs, process.cwd()));
  return { id: outs.wanted, outs };
}

export async function update(
  _id: string,
  _olds: unknown,
  news: PreparedImageInputs,
): Promise<dynamic.UpdateResult> {
  return { outs: await shown(prepare(news, process.cwd())) };
}

/** An image is prepared again when another one is asked for, and when it is gone from the engine. */
export async function diff(
  _id: string,
  olds: PreparedImageOutputs,
  news: PreparedImageInputs,
): Promise<dynamic.DiffResult> {
  if (changedInputs({ ...olds }, { ...news }, inputKeys).length > 0) return { changes: true };
  return { changes: !(await hasImage(dockerClient(news.host), olds.reference)) };
}
