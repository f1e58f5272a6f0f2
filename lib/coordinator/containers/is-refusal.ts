import { PhasegateError } from "../../core/errors.ts";

/** Whether the engine has answered, and refused: asking again soon changes nothing. */
export function isRefusal(error: unknown): error is PhasegateError {
  return error instanceof PhasegateError && error.code === "PHASEGATE_ENGINE_REFUSED";
}
