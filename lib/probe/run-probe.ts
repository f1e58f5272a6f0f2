import type { Clock } from "../core/clock.ts";
import { durationMs } from "../core/duration.ts";
import { errorText } from "../core/errors.ts";
import { over } from "../core/over.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Probe, ProbeKind, ProbeOf } from "../model/probe.ts";
import { factsOf, isComposite } from "../model/probe.ts";
import { fillText } from "../model/text.ts";
import type { TlsPlan } from "../model/tls.ts";
import { addressOf } from "./address.ts";
import { compositeOutcome } from "./composite.ts";
import type { LoadModule } from "./custom-module.ts";
import { cut } from "../core/excerpt.ts";
import type { Cause, CauseCode, Finding, Outcome } from "./outcome.ts";
import { causeOf } from "./outcome.ts";
import type { AttemptContext, ContainerView, ProbeTarget } from "./probe-kind.ts";
import { loadAttempt } from "./registry.ts";
import { safeText } from "../redaction/safe-text.ts";
import { speaksTls } from "./speaks-tls.ts";
import { within } from "./within.ts";

/** What an attempt is run with. */
export interface RunProbeOptions {
  readonly clock: Clock;
  /** The values of the secrets that the plan names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Makes a text that came from outside fit to be shown. Default: {@link safeText} of the secrets, which costs making it. */
  readonly redact?: (text: string) => string;
  readonly container: ContainerView;
  /** Loads the module of a custom probe by its path in the project. */
  readonly loadModule: LoadModule;
  /** Calls the attempt off: its outcome is "unknown" then. */
  readonly signal?: AbortSignal;
}

/** How long an attempt that is stopped may take to tidy up, on the server too, before it is left. */
const tidyMs = 1000;
/** The longest text of a cause. That of a composite names the causes of its parts. */
const longestCause = 2000;

/** A probe that is no composite. */
type SingleProbe = ProbeOf<ProbeKind>;

type Address = Pick<Endpoint, "host" | "port"> & { readonly tls?: TlsPlan | undefined };

type PartOptions = RunProbeOptions & Required<Pick<RunProbeOptions, "redact">>;

type Settled = { readonly finding: Finding } | { readonly thrown: unknown };

/**
 * Runs one attempt of a probe and says how it went; it never throws.
 *
 * When the probe's timeout is over, the attempt is aborted, which cancels on the server what it started
 * there, and the outcome names the step that it was in. The call returns once the attempt has tidied up,
 * or a second later at most. What the prober itself cannot do (a missing secret, a defect) is "unknown".
 * The parts of a composite are attempts like any other, at the same time.
 *
 * @param host the service's name in the stack's network
 * @param endpoint how to log in; needed by the kinds that speak a protocol
 */
export async function runProbe(
  probe: Probe,
  host: string,
  endpoint: Endpoint | undefined,
  options: RunProbeOptions,
): Promise<Outcome> {
  const { redact = safeText(Object.values(options.secrets)) } = options;
  const outcome = await outcomeOfPart(probe, host, endpoint, { ...options, redact });
  if (outcome.status === "passed") return outcome;
  // An error of the prober's own may be of several lines. Blanks stay as they are: a pattern may be among the words.
  const text = cut(redact(outcome.cause.text).replaceAll(/\s*\n\s*/g, " "), longestCause);
  return { ...outcome, cause: { ...outcome.cause, text } };
}

/** The outcome of a probe that may be part of another; what its words quote is safe, the rest of them may not be yet. */
async function outcomeOfPart(
  probe: Probe,
  host: string,
  endpoint: Endpoint | undefined,
  options: PartOptions,
): Promise<Outcome> {
  const { clock, signal } = options;
  if (isComposite(probe)) {
    const run = (part: Probe, enough?: AbortSignal) => {
      const signals = [signal, enough].filter((either) => either !== undefined);
      const off = signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
      return outcomeOfPart(part, host, endpoint, { ...options, ...off });
    };
    return compositeOutcome(probe, run, clock);
  }
  return attemptOutcome(probe, host, endpoint, options).catch((error: unknown) =>
    unknown(0, errorText(error)),
  );
}

async function attemptOutcome(
  probe: SingleProbe,
  host: string,
  endpoint: Endpoint | undefined,
  { clock, secrets, redact, container, loadModule, signal }: PartOptions,
): Promise<Outcome> {
  const target = targetOf(probe, host, endpoint);
  // Loading a client library for the first time takes a while that is not the service's; so does starting a module's thread.
  const attempt = await loadAttempt<ProbeKind>(probe.kind);
  if (probe.kind === "custom") await loadModule(probe.module, signal);
  if (signal?.aborted) return unknown(0, "the attempt was called off before it began");

  const timeoutMs = durationMs(probe.timeout);
  const stop = new AbortController();
  const tidying: Promise<unknown>[] = [];
  let step = "beginning";
  const context: AttemptContext = {
    signal: stop.signal,
    timeout: probe.timeout,
    timeoutMs,
    clock,
    step: (name) => {
      step = name;
    },
    currentStep: () => step,
    fill: (text) => fillText(text, secrets),
    redact,
    container,
    loadModule: (module) => loadModule(module, stop.signal),
    // It may fail when nobody waits for it any more.
    tidy: (work) => void tidying.push(work.catch(() => {})),
  };

  const startedAt = clock.now();
  const tookMs = () => Math.max(0, clock.now() - startedAt);
  const settled: Promise<Settled> = attempt(probe, target, context).then(
    (finding) => ({ finding }),
    (thrown: unknown) => ({ thrown }),
  );
  const inTime = await settlesInTime(settled, timeoutMs, clock, signal);
  const took = tookMs();
  const left = timeoutMs - took;
  const plainText =
    inTime && (await plainTextToTls(inTime, addressOfProbe(probe, host, endpoint), left, clock));
  const lastStep = step;
  if (inTime === undefined) stop.abort();
  const late = await tidied(settled, tidying, clock);

  if (plainText !== undefined) return { status: "failed", tookMs: took, cause: plainText };
  if (inTime !== undefined)
    return "finding" in inTime ? outcomeOf(inTime.finding, took) : unknown(took, errorText(inTime.thrown));
  if (signal?.aborted) return unknown(took, `the attempt was called off while ${lastStep}`);
  return {
    status: "failed",
    tookMs: took,
    cause: timeoutCause(late) ?? causeOf("timeout", timeoutText(probe, host, endpoint, lastStep)),
  };
}

/** What a TLS server does to a client that speaks plain text: it closes the connection, answers with bytes of TLS, or with HTTP's "Bad Request". */
const perhapsTls: ReadonlySet<CauseCode> = new Set(["reset", "protocol", "request"]);
/** How long a TLS server may take to begin the handshake. */
const handshakeMs = 500;

/** The cause, where an attempt has failed because the server speaks TLS. */
async function plainTextToTls(
  settled: Settled,
  address: Address | undefined,
  leftMs: number,
  clock: Clock,
): Promise<Cause | undefined> {
  if (address === undefined || address.tls !== undefined) return undefined;
  if (!("finding" in settled) || settled.finding.passed) return undefined;
  if (!perhapsTls.has(settled.finding.cause.code)) return undefined;
  const enough = new AbortController();
  const asking = speaksTls(address, enough.signal);
  await within(asking, Math.min(leftMs, handshakeMs), clock);
  enough.abort();
  if (!(await asking)) return undefined;
  return causeOf("protocol", `${addressOf(address)} speaks TLS, and was probed in plain text`, true);
}

/** Waits, for a bounded time, until the attempt has ended and tidied up; how it ended, if it did. */
async function tidied(
  settled: Promise<Settled>,
  tidying: readonly Promise<unknown>[],
  clock: Clock,
): Promise<Settled | undefined> {
  let end: Settled | undefined;
  const all = settled.then((value) => {
    end = value;
    return Promise.all(tidying);
  });
  await within(all, tidyMs, clock);
  return end;
}

/** The attempt's end, or undefined when its timeout, or the caller's signal, comes first. */
async function settlesInTime(
  settled: Promise<Settled>,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Settled | undefined> {
  const wake = new AbortController();
  const onAbort = () => wake.abort(over);
  signal?.addEventListener("abort", onAbort, { once: true });
  const first = await Promise.race([settled, clock.sleep(timeoutMs, wake.signal).then(() => undefined)]);
  signal?.removeEventListener("abort", onAbort);
  onAbort();
  return first;
}

/** A kind may know more of a timeout than the step that it was in. */
function timeoutCause(late: Settled | undefined): Cause | undefined {
  if (late === undefined || !("finding" in late) || late.finding.passed) return undefined;
  return late.finding.cause.code === "timeout" ? late.finding.cause : undefined;
}

function timeoutText(probe: SingleProbe, host: string, endpoint: Endpoint | undefined, step: string): string {
  return `no answer from ${probedParty(probe, host, endpoint)} within ${probe.timeout} while ${step}`;
}

function probedParty(probe: SingleProbe, host: string, endpoint: Endpoint | undefined): string {
  const { party } = factsOf(probe);
  if (party !== undefined) return party(probe, host);
  const address = addressOfProbe(probe, host, endpoint);
  return address === undefined ? host : addressOf(address);
}

/** Where the kinds that speak over the network ask; undefined for the others, and for composites. */
export function addressOfProbe(
  probe: Probe,
  host: string,
  endpoint: Endpoint | undefined,
): Address | undefined {
  if (isComposite(probe)) return undefined;
  const { at, speaks } = factsOf(probe);
  if (at !== undefined)
    return at(probe, speaks === undefined || endpoint === undefined ? { host, port: 0 } : endpoint);
  return speaks === undefined ? undefined : endpoint;
}

function outcomeOf(finding: Finding, tookMs: number): Outcome {
  const measured = finding.measured === undefined ? {} : { measured: finding.measured };
  return finding.passed
    ? { status: "passed", tookMs, ...measured }
    : { status: "failed", tookMs, cause: finding.cause, ...measured };
}

function unknown(tookMs: number, text: string): Outcome {
  return { status: "unknown", tookMs, cause: causeOf("prober", text) };
}

/** @throws Error when the probe's kind speaks a protocol that the service has no endpoint for */
function targetOf(probe: SingleProbe, host: string, endpoint: Endpoint | undefined): ProbeTarget<ProbeKind> {
  const { speaks } = factsOf(probe);
  // Which of the targets it is, the kind's facts say, and no type can.
  if (speaks === undefined) return endpoint ?? { host };
  if (endpoint?.protocol !== speaks)
    throw new Error(
      `a ${probe.kind} probe needs a ${speaks} endpoint, and ${host} has ${endpoint?.protocol ?? "none"}`,
    );
  return endpoint;
}
