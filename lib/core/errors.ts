import { visibleText } from "./outside-text.ts";
import type { Problem } from "./problem.ts";
import { describeProblems } from "./problem.ts";

/** Every code that an error of phasegate carries. Match on the code: messages may be reworded. docs/errors.md explains each. */
export const errorCodes = [
  "PHASEGATE_COMPOSE_INVALID",
  "PHASEGATE_CONFIG_INVALID",
  "PHASEGATE_CONTAINER_REFUSED",
  "PHASEGATE_CONTROL_REFUSED",
  "PHASEGATE_COORDINATOR_UNREACHABLE",
  "PHASEGATE_DECLARATION_INVALID",
  "PHASEGATE_DECLARATION_UNKNOWN",
  "PHASEGATE_DECLARATION_UNREADABLE",
  "PHASEGATE_EDGE_FAILED",
  "PHASEGATE_ENGINE_REFUSED",
  "PHASEGATE_ENGINE_UNREACHABLE",
  "PHASEGATE_GATE_FAILED",
  "PHASEGATE_HISTORY_UNREADABLE",
  "PHASEGATE_IMAGE_BUILD_FAILED",
  "PHASEGATE_IMAGE_MISSING",
  "PHASEGATE_MOUNT_MISSING",
  "PHASEGATE_INTERRUPTED",
  "PHASEGATE_OUTPUT_EXISTS",
  "PHASEGATE_PORT_TAKEN",
  "PHASEGATE_REVISION_UNRESOLVED",
  "PHASEGATE_SECRET_LOST",
  "PHASEGATE_SERVICE_EXTERNAL",
  "PHASEGATE_SERVICE_UNKNOWN",
  "PHASEGATE_SINK_UNKNOWN",
  "PHASEGATE_STACK_UNKNOWN",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * An error that a person is meant to read: what failed, why, and what to do next.
 * `message` holds all of it, what it quotes of others made visible; `code` is what programs match on; `cause` keeps
 * the original error.
 */
export class PhasegateError extends Error {
  override readonly name = "PhasegateError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(visibleText(message), options);
    this.code = code;
  }
}

/** One error for a whole list of problems, so that they can be mended together. */
export function problemsError(
  code: ErrorCode,
  subject: string,
  problems: readonly Problem[],
): PhasegateError {
  return new PhasegateError(code, `${subject}:\n${describeProblems(problems)}`);
}

/** What a person is shown of an error: its message, and the code to look up or to match on. */
export function shownText(error: PhasegateError): string {
  return `${error.message}\n[${error.code}]`;
}

/** The words of an unknown thrown value. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node reports several failed addresses of one host as an AggregateError with an empty message.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(errorText).join("; ");
  return error.message;
}
