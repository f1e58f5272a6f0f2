import type { Clock } from "../core/clock.ts";
import type { CompositeProbe, Probe } from "../model/probe.ts";
import { describeProbe } from "../model/probe.ts";
import type { Cause, CauseCode, Measured, Outcome } from "./outcome.ts";
import { causeOf } from "./outcome.ts";

/**
 * Runs the parts of a composite at the same time and puts their outcomes together. It has no timer of its
 * own: a part's timeout is never longer than that of the whole, so the last part's end is the whole's.
 * @param run one attempt of a part, which never rejects; when the signal aborts, it is called off
 */
export async function compositeOutcome(
  probe: CompositeProbe,
  run: (part: Probe, signal?: AbortSignal) => Promise<Outcome>,
  { now }: Pick<Clock, "now">,
): Promise<Outcome> {
  const startedAt = now();
  const judged = await judge(probe, run);
  return { ...judged, tookMs: Math.max(0, now() - startedAt) };
}

async function judge(
  probe: CompositeProbe,
  run: (part: Probe, signal?: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  switch (probe.kind) {
    case "all":
      return allOf(probe.parts, await Promise.all(probe.parts.map((part) => run(part))));
    case "any":
      return anyOf(probe.parts, await untilOnePasses(probe.parts, run));
    case "not":
      return notOf(probe.part, await run(probe.part));
  }
}

/** The outcomes of all parts; once one has passed, the others are called off. */
async function untilOnePasses(
  parts: readonly Probe[],
  run: (part: Probe, signal: AbortSignal) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const enough = new AbortController();
  return Promise.all(
    parts.map(async (part) => {
      const outcome = await run(part, enough.signal);
      if (outcome.status === "passed") enough.abort();
      return outcome;
    }),
  );
}

function allOf(parts: readonly Probe[], outcomes: readonly Outcome[]): Outcome {
  const failures = causes(parts, outcomes, "failed");
  const [first] = failures;
  if (first !== undefined) {
    const text = `${failures.length} of ${parts.length} parts did not pass: ${reported(failures)}`;
    const hopeless = failures.some(({ cause }) => cause.permanent);
    const cause =
      failures.length === 1 ? { ...first.cause, text } : causeOf(codeOf(failures), text, hopeless);
    return failed(cause, outcomes);
  }
  const undecided = causes(parts, outcomes, "unknown");
  return undecided.length > 0 ? unknown(reported(undecided)) : passed(outcomes);
}

function anyOf(parts: readonly Probe[], outcomes: readonly Outcome[]): Outcome {
  const passes = outcomes.filter(({ status }) => status === "passed");
  if (passes.length > 0) return passed(passes);
  const undecided = causes(parts, outcomes, "unknown");
  if (undecided.length > 0) return unknown(reported(undecided));
  const failures = causes(parts, outcomes, "failed");
  const hopeless = failures.every(({ cause }) => cause.permanent);
  const text = `none of ${parts.length} parts passed: ${reported(failures)}`;
  return failed(causeOf(codeOf(failures), text, hopeless), outcomes);
}

function notOf(part: Probe, outcome: Outcome): Outcome {
  const what = describeProbe(part);
  if (outcome.status === "unknown") return outcome;
  if (outcome.status === "passed") return failed(causeOf("unwanted", `${what} passes, and must not`));
  // Silence is no answer: a gate must not open by it.
  if (outcome.cause.code === "timeout")
    return failed(
      causeOf("timeout", `${what} must not pass, and whether it does cannot be said: ${outcome.cause.text}`),
    );
  return passed([]);
}

interface PartCause {
  readonly part: Probe;
  readonly cause: Cause;
}

function causes(
  parts: readonly Probe[],
  outcomes: readonly Outcome[],
  status: "failed" | "unknown",
): PartCause[] {
  return parts.flatMap((part, i) => {
    const outcome = outcomes[i];
    return outcome?.status === status && "cause" in outcome ? [{ part, cause: outcome.cause }] : [];
  });
}

/** What all of them have in common, where they do: what is done about it is then the same as about each. */
function codeOf(failures: readonly PartCause[]): CauseCode {
  const [first, ...others] = new Set(failures.map(({ cause }) => cause.code));
  return first !== undefined && others.length === 0 ? first : "parts";
}

function reported(found: readonly PartCause[]): string {
  return found.map(({ part, cause }) => `${describeProbe(part)}: ${cause.text}`).join("; ");
}

function passed(outcomes: readonly Outcome[]): Outcome {
  return { status: "passed", tookMs: 0, ...measuredIn(outcomes) };
}

function failed(cause: Cause, outcomes: readonly Outcome[] = []): Outcome {
  return { status: "failed", tookMs: 0, cause, ...measuredIn(outcomes) };
}

/** The first measurement among the parts stands for the whole. */
function measuredIn(outcomes: readonly Outcome[]): { readonly measured?: Measured } {
  const [measured] = outcomes.flatMap((outcome) =>
    outcome.status !== "unknown" && outcome.measured ? [outcome.measured] : [],
  );
  return measured === undefined ? {} : { measured };
}

function unknown(text: string): Outcome {
  return { status: "unknown", tookMs: 0, cause: causeOf("prober", text) };
}
