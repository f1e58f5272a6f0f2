import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { BuildRecord } from "./build-progress.ts";
import type { RegistryAccount } from "./registry-account.ts";
import { authOf } from "./registry-account.ts";
import { answered, answeredSoon, EngineRefusal, engineAddress, unlessMissing } from "./docker-engine.ts";
import type { Say } from "./shared-work.ts";
import { sharedWork } from "./shared-work.ts";

/** An image that is there on the engine, and where it came from. Nothing is swapped in silence: the source is shown and kept in state. */
export interface PreparedImage {
  /** The reference to run. For a stand-in it is not the one that was asked for. */
  readonly reference: string;
  /**
   * - `registry`: the image asked for, pulled now or earlier
   * - `local`: the image asked for, built or loaded on this engine: no registry has given it
   * - `stand-in`: no registry can be reached; an image built on this machine that behaves the same
   * - `built`: built from the project's own source
   */
  readonly source: "registry" | "local" | "stand-in" | "built";
}

const standIns = "phasegate-stand-in/";

/** The name under which the stand-in for a reference is kept: `phasegate-stand-in/postgres:17`. */
export function standInFor(reference: string): string {
  return `${standIns}${reference.slice(reference.lastIndexOf("/") + 1)}`;
}

/** Whether the engine has an image. */
export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  return (await unlessMissing(answered(docker.getImage(reference).inspect()))) !== undefined;
}

/** When an image is pulled: see `pull` of a service. */
export type PullPolicy = "missing" | "always" | "never";

/** Which of the images that a reference may mean, and how it is had. */
export interface PullOptions {
  /** Default "missing". */
  readonly pull?: PullPolicy | undefined;
  /** "linux/arm64". Default: the engine's own. */
  readonly platform?: string | undefined;
  /** The account of the image's registry. Default: none. */
  readonly account?: RegistryAccount | undefined;
}

/** What the engine would run for a reference as it is: the image itself, or its stand-in. */
export async function imageHere(
  docker: Docker,
  reference: string,
  platform?: string,
): Promise<PreparedImage | undefined> {
  const image = await unlessMissing(answered(docker.getImage(reference).inspect()));
  if (image !== undefined && isFor(image, platform)) {
    // An image has a digest in a registry once it was pulled from there, or pushed to it.
    const isOfRegistry = (image.RepoDigests ?? []).length > 0;
    return {
      reference,
      source: reference.startsWith(standIns) ? "stand-in" : isOfRegistry ? "registry" : "local",
    };
  }
  const standIn = standInFor(reference);
  const other = await unlessMissing(answered(docker.getImage(standIn).inspect()));
  return other !== undefined && isFor(other, platform)
    ? { reference: standIn, source: "stand-in" }
    : undefined;
}

function isFor(
  { Os, Architecture, ...image }: Docker.ImageInspectInfo,
  platform: string | undefined,
): boolean {
  if (platform === undefined) return true;
  const { Variant = "" } = image as { readonly Variant?: string };
  const [os, architecture, variant = Variant] = platform.split("/");
  return os === Os && architecture === Architecture && (Variant === "" || variant === Variant);
}

/**
 * The digest that an image has in its registry now; undefined where that cannot be found out.
 * @example await digestInRegistry(docker, "redis:7") // "sha256:…"
 */
export async function digestInRegistry(
  docker: Docker,
  reference: string,
  account?: RegistryAccount,
): Promise<string | undefined> {
  const { Descriptor } = (await inRegistry(docker, reference, account, registryAnswersWithinMs)) as {
    readonly Descriptor?: { readonly digest?: string };
  };
  return Descriptor?.digest;
}

/** What an image's registry says of it. The client goes on waiting when a signal of its own aborts. */
function inRegistry(
  docker: Docker,
  reference: string,
  account: RegistryAccount | undefined,
  withinMs: number,
): Promise<unknown> {
  const auth = account && { authconfig: authOf(account) };
  return answeredSoon(() => docker.getImage(reference).distribution(auth), AbortSignal.timeout(withinMs));
}

/** The repository of a reference, without tag and digest. */
function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^/:]+$/, "");
}

/** The digests by which registries know an image that is on the engine. */
export async function digestsHere(docker: Docker, reference: string): Promise<readonly string[]> {
  const image = await unlessMissing(answered(docker.getImage(reference).inspect()));
  return (image?.RepoDigests ?? []).map((digest) => digest.slice(digest.indexOf("@") + 1));
}

const preparing = sharedWork<PreparedImage>();

/**
 * Makes sure that the engine has an image: the local one, else pulled, else, where no registry can be
 * reached, the stand-in that `npm run images` has built. Who asks for the same image meanwhile waits for it.
 * @returns of an image that is always pulled, the reference by its digest: another one of its tag is another reference
 * @throws PhasegateError PHASEGATE_IMAGE_MISSING
 */
export function prepareImage(
  docker: Docker,
  reference: string,
  say: Say,
  options: PullOptions = {},
): Promise<PreparedImage> {
  const { pull = "missing", platform, account } = options;
  const key = `${engineAddress(docker)} ${reference} ${pull} ${platform ?? ""}`;
  return preparing(key, say, async (say) => {
    const here = await imageHere(docker, reference, platform);
    if (here?.reference === reference && pull !== "always") return here;
    if (pull === "never") {
      if (here !== undefined) return here;
      throw neverPulled(reference, platform);
    }
    try {
      say(`pulling ${reference}`);
      const auth = account && { authconfig: authOf(account) };
      const stream = docker.pull(reference, { ...(platform !== undefined && { platform }), ...auth });
      await finished(docker, await answered(stream));
    } catch (error) {
      if (!registryUnreachable(error) || here === undefined || here.reference === reference)
        throw missing(reference, error, options);
      say(`no registry can be reached: using the stand-in ${here.reference}`);
      return here;
    }
    // Where a registry has one platform of an image, the engine pulls that one.
    if ((await imageHere(docker, reference, platform))?.reference !== reference)
      throw missing(reference, new Error(`no matching manifest for ${platform ?? "this platform"}`), options);
    if (pull !== "always") return { reference, source: "registry" };
    const { RepoDigests } = await answered(docker.getImage(reference).inspect());
    const repository = `${repositoryOf(reference)}@`;
    // The engine leaves "docker.io/" and "library/" out.
    const digest = RepoDigests?.find((one) => repository.endsWith(one.slice(0, one.indexOf("@") + 1)));
    return { reference: digest ?? reference, source: "registry" };
  });
}

function neverPulled(reference: string, platform: string | undefined): PhasegateError {
  return new PhasegateError(
    "PHASEGATE_IMAGE_MISSING",
    `the image ${reference} is not on this engine${platform === undefined ? "" : ` for ${platform}`}, and its pull policy is "never": load or build it, or leave "pull" out`,
  );
}

/** A registry that has not answered after this time may answer a pull yet. */
const registryAnswersWithinMs = 8000;

/**
 * Asks, without pulling it, whether an image can be had.
 * @returns why not; undefined where it can, and where only the attempt would show it
 */
export async function missingImage(
  docker: Docker,
  reference: string,
  options: PullOptions = {},
  withinMs = registryAnswersWithinMs,
): Promise<PhasegateError | undefined> {
  const { pull = "missing", platform, account } = options;
  const here = await imageHere(docker, reference, platform);
  if (here !== undefined && pull !== "always") return undefined;
  if (pull === "never") return neverPulled(reference, platform);
  try {
    await inRegistry(docker, reference, account, withinMs);
    return undefined;
  } catch (error) {
    // A stand-in stands in for what cannot be pulled.
    if (here !== undefined && here.reference !== reference && registryUnreachable(error)) return undefined;
    return registryUnreachable(error) || registryRefuses(error) || asksForAccount(error)
      ? missing(reference, error, options)
      : undefined;
  }
}

function missing(reference: string, cause: unknown, options: PullOptions): PhasegateError {
  const why = registryUnreachable(cause)
    ? `no registry can be reached (${errorText(cause)}), and there is no stand-in ${standInFor(reference)}. ${
        hasRecipe(reference)
          ? 'Run "npm run images" to build it.'
          : 'Give the engine a registry that answers, or load the image: "docker load".'
      }`
    : (accountProblem(cause, options) ??
      `the registry answered: ${errorText(cause)}. Check the name and the tag${options.platform === undefined ? "" : `, and whether it is there for ${options.platform}`}.`);
  const what =
    options.pull === "always"
      ? 'cannot be pulled, which its pull policy "always" asks for'
      : "is not on this engine and cannot be pulled";
  return new PhasegateError("PHASEGATE_IMAGE_MISSING", `the image ${reference} ${what}: ${why}`, { cause });
}

/** Why a registry wants no part of whoever asks; undefined where it says something else. */
function accountProblem(cause: unknown, { account }: PullOptions): string | undefined {
  if (!asksForAccount(cause)) return undefined;
  if (account !== undefined)
    return `the registry ${account.registry} refuses the user ${account.username} (${errorText(cause)}). ${account.advice}`;
  return `its registry asks for an account (${errorText(cause)}), and the declaration's "registries" have none for it. Or there is no such image: check the name and the tag.`;
}

/** Engines pass it on with one status or another. */
function asksForAccount(error: unknown): error is Error {
  return error instanceof Error && refusesAccount.test(error.message);
}

/** How registries say that an account is missing, or not the right one. */
export const refusesAccount = /unauthorized|no basic auth|denied|authentication required/i;

/** Whether images/ says how a stand-in for an image is built. Nothing stands in for a digest: only one image has it. */
function hasRecipe(reference: string): boolean {
  const name = /(?:^|\/)([^/:@]+)(?::[^/:@]+)?$/.exec(reference)?.[1];
  return ["recipe.json", "Dockerfile"].every(
    (file) =>
      name !== undefined &&
      existsSync(fileURLToPath(new URL(`../../images/${name}/${file}`, import.meta.url))),
  );
}

/**
 * Waits for the end of a stream of progress records.
 * @throws Error with the engine's words when one of the records is an error
 */
export async function finished(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onRecord: (record: BuildRecord) => void = () => undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, records: readonly BuildRecord[]) => {
        const failure = error?.message ?? records.find((record) => record.error !== undefined)?.error;
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      },
      onRecord,
    );
  });
}

const noAnswer =
  /dial tcp|no such host|connection refused|connection reset|i\/o timeout|TLS handshake timeout|network is unreachable|proxyconnect|deadline exceeded|Client\.Timeout/i;

/** Distinguished from a registry that answers "there is no such image": that is a mistake in the declaration. */
function registryUnreachable(error: unknown): boolean {
  return error instanceof Error && noAnswer.test(error.message);
}

const noSuchImage =
  /manifest unknown|manifest for .* not found|name unknown|not found: manifest|repository .* (?:not found|does not exist)|denied|unauthorized|no basic auth/i;

/** A registry that says no, by its words: an engine without this question says "page not found" to it. */
function registryRefuses(error: unknown): boolean {
  return error instanceof EngineRefusal && error.statusCode < 500 && noSuchImage.test(error.message);
}
