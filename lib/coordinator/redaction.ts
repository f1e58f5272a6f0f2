import type { Outcome } from "../probe/outcome.ts";
import { redactor } from "../probe/redact.ts";

/** Every secret that the coordinator has been told of, to be taken out of texts that come from outside. */
export interface Redaction {
  /** Adds the secrets of a service, and names that texts must be able to say. Nothing is ever forgotten: old logs hold old secrets. */
  learn(secrets: Readonly<Record<string, string>>, publicNames: readonly string[]): void;
  /** The text with every known secret blacked out. */
  redact(text: string): string;
}

/** The shortest line of a secret of several lines (a private key) that is blacked out on its own: logs come line by line. */
const shortestLine = 8;

export function redaction(): Redaction {
  const values = new Set<string>();
  const names = new Set<string>();
  let redact = (text: string) => text;
  return {
    learn: (secrets, publicNames) => {
      for (const value of Object.values(secrets)) {
        values.add(value);
        for (const line of value.split(/\r?\n/)) if (line.length >= shortestLine) values.add(line);
      }
      for (const name of publicNames) names.add(name);
      redact = redactor(Object.fromEntries([...values].map((value, i) => [String(i), value])), [...names]);
    },
    redact: (text) => redact(text),
  };
}

/** An outcome with the words of its cause redacted. */
export function redactOutcome(outcome: Outcome, redact: (text: string) => string): Outcome {
  return outcome.status === "passed"
    ? outcome
    : { ...outcome, cause: { ...outcome.cause, text: redact(outcome.cause.text) } };
}
