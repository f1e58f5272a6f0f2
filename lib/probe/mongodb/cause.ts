import { MongoNetworkError, MongoServerError } from "mongodb";
import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, CauseCode } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/**
 * What MongoDB's error codes (its error_codes.yml) mean to a probe. What is not listed is an error of the server that may
 * pass. Wrong credentials are permanent: while the image makes its account, the server listens on its own loopback only.
 */
const meanings: Readonly<Record<number, { readonly code: CauseCode; readonly permanent: boolean }>> = {
  18: { code: "authentication", permanent: true }, // AuthenticationFailed: of a missing user, too
  13: { code: "account", permanent: false }, // Unauthorized: a role may come
  50: { code: "timeout", permanent: false }, // MaxTimeMSExpired
};

/**
 * The cause behind an error of the client library.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function mongoCause(error: unknown, address: string, context: CauseContext): Cause {
  if (error instanceof MongoServerError) {
    const { code, permanent } = meanings[Number(error.code)] ?? { code: "server", permanent: false };
    if (code === "timeout")
      return causeOf(
        code,
        `no answer from ${address} within ${context.timeout} while ${context.currentStep()}`,
      );
    return causeOf(code, `${address} answered: ${excerpt(context.redact(error.message))}`, permanent);
  }
  const cause = networkCause(error, address, context.currentStep());
  if (cause !== undefined) return cause;
  // The library's own words for a connection that was closed without an error; it gives them no code.
  if (error instanceof MongoNetworkError && /\bclosed\b/.test(error.message))
    return causeOf("reset", `connection closed by ${address} while ${context.currentStep()}`);
  // What it cannot make sense of, and a server that is too old for it.
  if (
    error instanceof Error &&
    /^(MongoParseError|MongoCompatibilityError|MongoInvalidArgumentError|BSONError)$/.test(error.name)
  )
    return causeOf(
      "protocol",
      `${address} answered, but not as this client's MongoDB does: ${excerpt(context.redact(error.message))}`,
    );
  throw error;
}
