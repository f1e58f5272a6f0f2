import type { dynamic } from "@pulumi/pulumi";
import type Docker from "dockerode";
import { problemsError } from "../../core/errors.ts";
import type { BundleParts } from "../../engine/bundle.ts";
import { prepareBundle } from "../../engine/bundle-image.ts";
import { dockerClient, engineAddress } from "../../engine/docker-engine.ts";
import type { PullOptions, PullPolicy } from "../../engine/images.ts";
import { digestInRegistry, digestsHere, hasImage, imageHere, prepareImage } from "../../engine/images.ts";
import type { RegistryAccount } from "../../engine/registry-account.ts";
import type { DockerfileBuild } from "../../engine/dockerfile-image.ts";
import { prepareDockerfile } from "../../engine/dockerfile-image.ts";
import type { ImageRun } from "../../engine/run-check.ts";
import { runProblems } from "../../engine/run-check.ts";
import { contextArchive } from "../../project/build-context.ts";
import { changedInputs } from "./changed-inputs.ts";
import { givenInputs } from "./given-inputs.ts";
import { untilInterrupted } from "./interruption.ts";
import { shown } from "./shown.ts";
import { rowProgress } from "./row-progress.ts";

/** How the containers of services are to run an image. */
export interface CheckedRun extends ImageRun {
  readonly services: readonly string[];
}

/** What is built of a folder's Dockerfile. */
export interface DockerfileInputs {
  /** The context, relative to the program's folder. */
  readonly folder: string;
  readonly file: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** The inputs of the resource PreparedImage: a reference, or what to bundle and the reference that it will have. */
export interface PreparedImageInputs {
  readonly row: string;
  readonly host?: string | undefined;
  /** The reference asked for: "postgres:17", or of a bundle "phasegate/auth:HASH". */
  readonly wanted: string;
  /** The entry file of a bundle, relative to the program's folder. */
  readonly bundle?: string | undefined;
  /** What is bundled beside it, by the name that it has there. */
  readonly parts?: BundleParts | undefined;
  readonly dockerfile?: DockerfileInputs | undefined;
  /** Values by the ids that the Dockerfile names. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** When it is pulled. Default "missing". */
  readonly pull?: PullPolicy | undefined;
  readonly platform?: string | undefined;
  readonly accounts?: readonly RegistryAccount[] | undefined;
  /** Checked once the image is there, which is before a container that runs is deleted. */
  readonly runs?: readonly CheckedRun[] | undefined;
}

/** By which an image is another one. */
const imageKeys = ["host", "wanted", "bundle", "parts", "platform"] as const;

/** No more than what is compared, and what the program reads: it stands in the state a second time. */
export interface PreparedImageOutputs extends Pick<PreparedImageInputs, (typeof imageKeys)[number]> {
  /** The reference to run. */
  readonly reference: string;
  readonly source: string;
}

async function prepare(inputs: PreparedImageInputs, root: string): Promise<PreparedImageOutputs> {
  const { wanted, bundle, parts, dockerfile, host, row, accounts, runs = [] } = inputs;
  const docker = dockerClient(host);
  const say = rowProgress(row);
  const preparing =
    dockerfile !== undefined
      ? prepareDockerfile(docker, dockerfileBuild(inputs, dockerfile, root), say)
      : bundle === undefined
        ? prepareImage(docker, wanted, say, pullOptions(inputs))
        : prepareBundle(docker, root, bundle, wanted, say, parts, accounts?.[0]);
  const image = await untilInterrupted(preparing, () => `the image ${wanted} was being prepared`);
  await requireRunnable(host, image.reference, runs);
  return { ...givenInputs(inputs, imageKeys), ...image };
}

/** An image that is pulled has the account of its own registry alone. */
function pullOptions({ pull, platform, accounts }: PreparedImageInputs): PullOptions {
  return { pull, platform, account: accounts?.[0] };
}

function dockerfileBuild(
  { wanted, secrets, platform, accounts }: PreparedImageInputs,
  { folder, file, target, args }: DockerfileInputs,
  root: string,
): DockerfileBuild {
  const context = () => contextArchive(root, folder, file);
  return { name: folder, reference: wanted, file, target, args, secrets, platform, accounts, context };
}

/**
 * The checks of this process: a preview's, or an update's, which asks before and after an image is prepared. Services that run an
 * image in the same way share one.
 */
const checks = new Map<string, Promise<readonly string[]>>();

async function requireRunnable(
  host: string | undefined,
  reference: string,
  runs: readonly CheckedRun[],
): Promise<void> {
  const docker = dockerClient(host);
  const found = await Promise.all(
    runs.map(async ({ services, ...run }) => ({ services, messages: await checked(docker, reference, run) })),
  );
  const refused = found.filter(({ messages }) => messages.length > 0);
  if (refused.length === 0) return;
  const services = refused.flatMap(({ services }) => services);
  throw problemsError(
    "PHASEGATE_CONTAINER_REFUSED",
    `nothing of ${namesText(services)} was changed: the engine would not start ${services.length === 1 ? "it as it is" : "them as they are"} declared`,
    refused.flatMap(({ services, messages }) =>
      messages.map((message) => ({ path: namesText(services), message })),
    ),
  );
}

async function checked(docker: Docker, reference: string, run: ImageRun): Promise<readonly string[]> {
  const key = JSON.stringify([engineAddress(docker), reference, run]);
  const checking = checks.get(key) ?? runProblems(docker, reference, run);
  checks.set(key, checking);
  checking.catch(() => checks.delete(key));
  return checking;
}

const mostNames = 5;

function namesText(services: readonly string[]): string {
  const more = services.length - mostNames;
  return [...services.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** What the engine would refuse is said here where the image is on the engine already: by a preview, too. */
export async function check(
  olds: Partial<PreparedImageInputs>,
  news: PreparedImageInputs,
): Promise<dynamic.CheckResult> {
  const runs = runsToCheck(olds, news);
  if (runs.length > 0) await shown(checkAhead(news, runs));
  return { inputs: news };
}

/** The runs that were not checked with this image yet. */
function runsToCheck(
  olds: Partial<PreparedImageInputs>,
  { runs = [], ...news }: PreparedImageInputs,
): readonly CheckedRun[] {
  if (changedInputs({ ...olds }, { ...news }, imageKeys).length > 0) return runs;
  const runKey = ({ services: _, ...run }: CheckedRun) => JSON.stringify(run);
  const known = new Set(olds.runs?.map(runKey));
  return runs.filter((run) => !known.has(runKey(run)));
}

async function checkAhead(news: PreparedImageInputs, runs: readonly CheckedRun[]): Promise<void> {
  const here = await imageHere(dockerClient(news.host), news.wanted, news.platform);
  if (here !== undefined) await requireRunnable(news.host, here.reference, runs);
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

/**
 * An image is prepared again when another one is asked for, when it is gone from the engine, and, where it is always
 * pulled, when its registry has another one. Where only its
 * container is to run it in another way it stays what it is: an update would make a preview replace the container.
 */
export async function diff(
  _id: string,
  olds: PreparedImageOutputs,
  news: PreparedImageInputs,
): Promise<dynamic.DiffResult> {
  if (changedInputs({ ...olds }, { ...news }, imageKeys).length > 0) return { changes: true };
  const docker = dockerClient(news.host);
  if (!(await hasImage(docker, olds.reference))) return { changes: true };
  return {
    changes: news.pull === "always" && olds.source !== "built" && (await isOutdated(docker, olds, news)),
  };
}

/** Where the registry does not answer, an `up` pulls: that says why. But what stands in stays. */
async function isOutdated(
  docker: Docker,
  olds: PreparedImageOutputs,
  news: PreparedImageInputs,
): Promise<boolean> {
  try {
    const digest = await digestInRegistry(docker, news.wanted, news.accounts?.[0]);
    return digest === undefined || !(await digestsHere(docker, olds.reference)).includes(digest);
  } catch {
    return olds.source !== "stand-in";
  }
}
