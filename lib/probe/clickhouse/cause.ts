import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, CauseCode } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/** An HTTP answer that is not a query's result. */
export class ClickHouseAnswer extends Error {
  override readonly name = "ClickHouseAnswer";
  /** The beginning of the body. */
  readonly body: string;
  readonly status: number;

  constructor(body: string, status: number) {
    super(`HTTP ${status}`);
    this.body = body;
    this.status = status;
  }
}

/**
 * What ClickHouse's error codes (its ErrorCodes.cpp) mean to a probe. What is not listed is an error of the
 * server that may pass. Wrong credentials and a missing database are permanent: the image creates both
 * before its server listens on the network.
 */
const meanings: Readonly<Record<string, { readonly code: CauseCode; readonly permanent: boolean }>> = {
  "192": { code: "account", permanent: true }, // UNKNOWN_USER
  "193": { code: "authentication", permanent: true }, // WRONG_PASSWORD
  "194": { code: "authentication", permanent: true }, // REQUIRED_PASSWORD
  "516": { code: "authentication", permanent: true }, // AUTHENTICATION_FAILED
  "497": { code: "account", permanent: false }, // ACCESS_DENIED: a grant may come
  "62": { code: "server", permanent: true }, // SYNTAX_ERROR
  "81": { code: "server", permanent: true }, // UNKNOWN_DATABASE
  "164": { code: "server", permanent: true }, // READONLY
  "202": { code: "capacity", permanent: false }, // TOO_MANY_SIMULTANEOUS_QUERIES
  "159": { code: "timeout", permanent: false }, // TIMEOUT_EXCEEDED
};

/** The code and the message of an exception as ClickHouse writes it, in any version; undefined where the text is none. */
export function exceptionIn(text: string): { readonly code: string; readonly message: string } | undefined {
  const [, code, message] = /Code: (\d+)[.,] .*?DB::Exception: (.*)/s.exec(text) ?? [];
  if (code === undefined || message === undefined) return undefined;
  // Version 18 ends with what the C++ exception is called, later ones with their version and build.
  return {
    code,
    message: message.replace(/, e\.what\(\) = .*$/s, "").replace(/ \(version [^()]*(\([^()]*\))?\).*$/s, ""),
  };
}

/**
 * The cause behind an error of the client library.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function clickhouseCause(error: unknown, address: string, context: CauseContext): Cause {
  if (error instanceof ClickHouseAnswer) return answerCause(error, address, context);
  const cause = networkCause(error, address, context.currentStep());
  if (cause === undefined) throw error;
  return cause;
}

function answerCause({ body, status }: ClickHouseAnswer, address: string, context: CauseContext): Cause {
  const exception = exceptionIn(body);
  if (exception === undefined) {
    const begins = body === "" ? "the body is empty" : `the body begins: ${excerpt(context.redact(body))}`;
    return causeOf(
      "protocol",
      `${address} answered with HTTP ${status}, but not as ClickHouse does; ${begins}`,
    );
  }
  const { code, permanent } = meanings[exception.code] ?? { code: "server", permanent: false };
  if (code === "timeout")
    return causeOf(
      code,
      `no answer from ${address} within ${context.timeout} while ${context.currentStep()}`,
    );
  // An account that may not set a limit is refused by the same code, and is not mended by that advice.
  const writes = exception.code === "164" && !exception.message.startsWith("Cannot modify");
  const advice = writes ? " (a probe that is meant to write says mutates: true)" : "";
  return causeOf(
    code,
    `${address} answered: ${excerpt(context.redact(exception.message))}${advice}`,
    permanent,
  );
}
