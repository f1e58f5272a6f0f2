import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { answered, EngineRefusal, engineAddress, unlessMissing } from "./docker-engine.ts";
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

/** What the engine would run for a reference as it is: the image itself, or its stand-in. */
export async function imageHere(docker: Docker, reference: string): Promise<PreparedImage | undefined> {
  const image = await unlessMissing(answered(docker.getImage(reference).inspect()));
  if (image !== undefined) {
    // An image has a digest in a registry once it was pulled from there, or pushed to it.
    const isOfRegistry = (image.RepoDigests ?? []).length > 0;
    return {
      reference,
      source: reference.startsWith(standIns) ? "stand-in" : isOfRegistry ? "registry" : "local",
    };
  }
  const standIn = standInFor(reference);
  return (await hasImage(docker, standIn)) ? { reference: standIn, source: "stand-in" } : undefined;
}

const preparing = sharedWork<PreparedImage>();

/**
 * Makes sure that the engine has an image: the local one, else pulled, else, where no registry can be
 * reached, the stand-in that `npm run images` has built. Who asks for the same image meanwhile waits for it.
 * @throws PhasegateError PHASEGATE_IMAGE_MISSING
 */
export function prepareImage(docker: Docker, reference: string, say: Say): Promise<PreparedImage> {
  return preparing(`${engineAddress(docker)} ${reference}`, say, async (say) => {
    const here = await imageHere(docker, reference);
    if (here?.reference === reference) return here;
    try {
      say(`pulling ${reference}`);
      await finished(docker, await answered(docker.pull(reference)));
      return { reference, source: "registry" };
    } catch (error) {
      if (!registryUnreachable(error) || here === undefined) throw missing(reference, error);
      say(`no registry can be reached: using the stand-in ${here.reference}`);
      return here;
    }
  });
}

/** A registry that has not answered after this time may answer a pull yet. */
const registryAnswersWithinMs = 8000;

/**
 * Asks, without pulling it, whether an image can be had.
 * @returns why not; undefined where it can, and where only the attempt would show it
 */
export async function missingImage(docker: Docker, reference: string): Promise<PhasegateError | undefined> {
  if ((await imageHere(docker, reference)) !== undefined) return undefined;
  const abortSignal = AbortSignal.timeout(registryAnswersWithinMs);
  try {
    await answered(docker.getImage(reference).distribution({ abortSignal }));
    return undefined;
  } catch (error) {
    return registryUnreachable(error) || registryRefuses(error) ? missing(reference, error) : undefined;
  }
}

function missing(reference: string, cause: unknown): PhasegateError {
  const why = registryUnreachable(cause)
    ? `no registry can be reached (${errorText(cause)}), and there is no stand-in ${standInFor(reference)}. ${
        hasRecipe(reference)
          ? 'Run "npm run images" to build it.'
          : 'Give the engine a registry that answers, or load the image: "docker load".'
      }`
    : `the registry answered: ${errorText(cause)}. Check the name and the tag.`;
  return new PhasegateError(
    "PHASEGATE_IMAGE_MISSING",
    `the image ${reference} is not on this engine and cannot be pulled: ${why}`,
    { cause },
  );
}

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
 * @param onOutput gets what a build writes, as it comes
 * @throws Error with the engine's words when one of the records is an error
 */
export async function finished(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onOutput: (text: string) => void = () => undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, records: readonly { readonly error?: string }[]) => {
        const failure = error?.message ?? records.find((record) => record.error !== undefined)?.error;
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      },
      ({ stream: output }: { readonly stream?: string }) => onOutput(output ?? ""),
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
