import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { answered, EngineRefusal, unlessMissing } from "./docker-engine.ts";

/** An image that is there on the engine, and where it came from. Nothing is swapped in silence: the source is shown and kept in state. */
export interface PreparedImage {
  /** The reference to run. For a stand-in it is not the one that was asked for. */
  readonly reference: string;
  /**
   * - `registry`: the image asked for, pulled now or earlier
   * - `stand-in`: no registry can be reached; an image built on this machine that behaves the same
   * - `built`: built from the project's own source
   */
  readonly source: "registry" | "stand-in" | "built";
}

/** What is being done, for a person who waits. */
export type Say = (text: string) => void;

const standIns = "phasegate-stand-in/";

/** The name under which the stand-in for a reference is kept: `phasegate-stand-in/postgres:17`. */
export function standInFor(reference: string): string {
  return `${standIns}${reference.slice(reference.lastIndexOf("/") + 1)}`;
}

/** Whether the engine has an image. */
export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  return (await unlessMissing(answered(docker.getImage(reference).inspect()))) !== undefined;
}

/**
 * Makes sure that the engine has an image: the local one, else pulled, else, where no registry can be
 * reached, the stand-in that `npm run images` has built.
 * @throws PhasegateError PHASEGATE_IMAGE_MISSING
 */
export async function prepareImage(docker: Docker, reference: string, say: Say): Promise<PreparedImage> {
  if (await hasImage(docker, reference))
    return { reference, source: reference.startsWith(standIns) ? "stand-in" : "registry" };
  try {
    say(`pulling ${reference}`);
    await pull(docker, reference);
    return { reference, source: "registry" };
  } catch (error) {
    if (!registryUnreachable(error))
      throw missing(
        reference,
        `the registry answered: ${errorText(error)}. Check the name and the tag.`,
        error,
      );
    const standIn = standInFor(reference);
    if (await hasImage(docker, standIn)) {
      say(`no registry can be reached: using the stand-in ${standIn}`);
      return { reference: standIn, source: "stand-in" };
    }
    throw missing(
      reference,
      `no registry can be reached (${errorText(error)}), and there is no stand-in ${standIn}. Run "npm run images" to build it.`,
      error,
    );
  }
}

function missing(reference: string, why: string, cause: unknown): PhasegateError {
  return new PhasegateError(
    "PHASEGATE_IMAGE_MISSING",
    `the image ${reference} is not on this engine and cannot be pulled: ${why}`,
    { cause },
  );
}

async function pull(docker: Docker, reference: string): Promise<void> {
  const stream = await answered(docker.pull(reference));
  await finished(docker, stream);
}

/** Waits for the end of a stream of progress records. @throws Error with the engine's words when one of them is an error. */
export async function finished(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, records: readonly { readonly error?: string }[]) => {
        const failure = error?.message ?? records.find((record) => record.error !== undefined)?.error;
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      },
    );
  });
}

const noAnswer =
  /dial tcp|no such host|connection refused|connection reset|i\/o timeout|TLS handshake timeout|network is unreachable|proxyconnect|deadline exceeded|Client\.Timeout/i;

/** Told apart from a registry that answers "there is no such image": that is a mistake in the declaration. */
function registryUnreachable(error: unknown): boolean {
  return (error instanceof EngineRefusal || error instanceof Error) && noAnswer.test(error.message);
}
