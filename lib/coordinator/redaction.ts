import type { Outcome } from "../probe/outcome.ts";
import { safeText } from "../redaction/safe-text.ts";

/** Every secret that the coordinator knows, to be taken out of texts that come from outside. */
export interface Redaction {
  /** Adds the secrets of a service. Nothing is ever forgotten: old logs hold old secrets. */
  learn(secrets: Readonly<Record<string, string>>): void;
  /** A text that came from outside as it can be shown: as {@link safeText} of every known secret. */
  redact(text: string): string;
}

export function redaction(): Redaction {
  const known = new Set<string>();
  // Made when it is needed: each service of a stack brings secrets, and what knows all of them costs making it.
  let redact: ((text: string) => string) | undefined;
  return {
    learn: (secrets) => {
      const before = known.size;
      for (const value of Object.values(secrets)) known.add(value);
      if (known.size > before) redact = undefined;
    },
    redact: (text) => (redact ??= safeText([...known]))(text),
  };
}

/** An outcome whose cause can be shown. */
export function redactOutcome(outcome: Outcome, redact: (text: string) => string): Outcome {
  return outcome.status === "passed"
    ? outcome
    : { ...outcome, cause: { ...outcome.cause, text: redact(outcome.cause.text) } };
}
