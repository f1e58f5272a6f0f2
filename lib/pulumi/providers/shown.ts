import { PhasegateError, shownText } from "../../core/errors.ts";

/** Does a resource's work. Pulumi shows the message of an error and nothing else of it: the code goes into the message. */
export async function shown<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof PhasegateError ? new Error(shownText(error), { cause: error }) : error;
  }
}
