import { PhasegateError, shownText } from "../../lib/core/errors.ts";
import { SetupError } from "../bootstrap/setup-error.mjs";

/** Passes an error that phasegate means for people on as one of the set-up, which shows it without a stack trace. */
export async function forPeople<T>(work: T | Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof PhasegateError ? new SetupError(shownText(error), { cause: error }) : error;
  }
}
