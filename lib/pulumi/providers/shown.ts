import { PhasegateError, shownText } from "../../core/errors.ts";

/**
 * Does a resource's work. Pulumi shows the message of an error, so the code goes into it; of a check, a diff and a deletion also the
 * stack trace, which leads nobody who reads it anywhere.
 */
export async function shown<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    throw Object.assign(new Error(shownText(error), { cause: error }), { stack: "" });
  }
}
