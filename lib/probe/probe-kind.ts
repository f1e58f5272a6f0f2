import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import type { Endpoint, EndpointOf, Protocol } from "../model/endpoint.ts";
import type { probeKinds } from "../model/probe-kinds/registry.ts";
import type { ProbeKind, ProbeOf } from "../model/probe.ts";
import type { Pattern } from "../model/pattern.ts";
import type { Text } from "../model/text.ts";
import type { LoadedModule } from "./custom-module.ts";
import type { Finding } from "./outcome.ts";

/** What a probe may see of the service's container, and do in it; the engine's side of it lives with the coordinator. Every call rejects when the container is gone or the engine does not answer. */
export interface ContainerView {
  /**
   * Its state now: as events of the engine have kept it where that is certain, else by asking. What changes without an event, the
   * output of health checks, is at most `maxAgeMs` old.
   */
  state(maxAgeMs?: number): Promise<ContainerFacts>;
  /** What it has written since its current start, from the first line on, up to 4 MiB. */
  output(signal: AbortSignal): Promise<{ readonly lines: readonly string[]; readonly complete: boolean }>;
  /**
   * As {@link output}, searched for a line that matches, and without a question: by following what it writes. Undefined where that
   * has not been followed without a gap.
   */
  followed(pattern: Pattern, signal: AbortSignal): Promise<SearchedLines | undefined>;
  /** The last lines that it has written. */
  lastLines(count: number): Promise<readonly string[]>;
  /**
   * Runs a command in it to its end. When the signal aborts, what it has started is killed, and then the call
   * rejects: with the signal's reason, or another error where something may still run.
   */
  run(command: readonly string[], signal: AbortSignal): Promise<CommandEnd>;
}

/** What a search for a line has come to. */
export interface SearchedLines {
  readonly found: boolean;
  /** How many lines there were. */
  readonly count: number;
  /** Whether one of them is longer than what is looked at. */
  readonly cut: boolean;
  /** The last few that are not blank, oldest first. */
  readonly recent: readonly string[];
}

/** A container's state, as far as probes ask for it. */
export interface ContainerFacts {
  readonly running: boolean;
  readonly paused: boolean;
  readonly exitCode: number;
  /** Since when it runs, or ran last; milliseconds since the epoch. */
  readonly startedMs: number | undefined;
  /** The engine's own health check: undefined where the container has none. */
  readonly health: "starting" | "healthy" | "unhealthy" | undefined;
  /** What the last health check has written. */
  readonly healthOutput: string;
}

/** How a command in a container ended. */
export interface CommandEnd {
  readonly exitCode: number;
  /** The first 64 KiB of what it wrote. */
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started; empty otherwise. */
  readonly startError: string;
}

/** What an attempt is given besides its probe. */
export interface AttemptContext {
  /** Aborts when the attempt's timeout is over, or when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** The attempt's whole timeout as declared, for messages. */
  readonly timeout: Duration;
  /** The same in milliseconds, for servers that take a limit of their own. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Says which step is under way, to be read after "while": "connecting", "logging in". */
  step(name: string): void;
  /** The step under way, for the words of a cause. */
  currentStep(): string;
  /** A text with its secrets filled in. */
  fill(text: Text): string;
  /**
   * A text that came from outside as it can be shown: no colours, no secret, nothing invisible. To be called before
   * a text is cut short: half a secret at the cut would not be recognised afterwards.
   */
  redact(text: string): string;
  readonly container: ContainerView;
  /** The module of a custom probe. It was loaded before the attempt's time began, and is loaded again where it has ended since. */
  loadModule(module: string): Promise<LoadedModule>;
  /**
   * Hands over what is left to do once the finding is known: closing a connection in order, ending a
   * statement on the server. It is waited for, but takes no part in the attempt's time.
   */
  tidy(work: Promise<unknown>): void;
}

/** What the words of a cause are made from. */
export type CauseContext = Pick<AttemptContext, "timeout" | "currentStep" | "redact">;

/** The host of the service, and, where the probe kind speaks a protocol, how to log in. */
export type ProbeTarget<K extends ProbeKind> = (typeof probeKinds)[K] extends {
  readonly speaks: infer P extends Protocol;
}
  ? EndpointOf<P>
  : { readonly host: string } | Endpoint;

/**
 * Runs one attempt. It opens its own connection, as a new client would, and closes it, or hands its closing
 * to {@link AttemptContext.tidy}; when the signal aborts it stops at once and cancels what it started on the server. It returns a finding
 * for everything that a service can do wrong, and throws only on a defect of its own.
 *
 * What an attempt finds after the signal has aborted is dropped, because most of it is the abort's own
 * doing, unless its code is "timeout": so a kind can say more than which step it was in.
 */
export type Attempt<K extends ProbeKind> = (
  probe: ProbeOf<K>,
  target: ProbeTarget<K>,
  context: AttemptContext,
) => Promise<Finding>;
