import type { PhasegateError } from "../../core/errors.ts";
import { problemsError } from "../../core/errors.ts";
import type { Problem } from "../../core/problem.ts";
import { shown } from "./taint.ts";

/** The error for what is wrong with compose files: PHASEGATE_COMPOSE_INVALID, with every problem and its place. */
export function refusal(subject: string, problems: readonly Problem[]): PhasegateError {
  return problemsError(
    "PHASEGATE_COMPOSE_INVALID",
    subject,
    problems.map(({ path, message }) => ({ path: shown(path), message: shown(message) })),
  );
}
