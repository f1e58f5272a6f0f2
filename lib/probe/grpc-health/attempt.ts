import { addressOf } from "../address.ts";
import { excerpt } from "../../core/excerpt.ts";
import type { GrpcReply } from "./client.ts";
import { callGrpc } from "./client.ts";
import { checkMethod, encodeRequest, statusIn } from "./messages.ts";
import { networkCause } from "../network-cause.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";

/** Asks a gRPC server for its health. */
export const grpcHealth: Attempt<"grpc-health"> = async ({ port, service, tls }, { host }, context) => {
  const address = addressOf({ host, port });
  const target = service === "" ? "the server" : excerpt(service, 100);
  try {
    const reply = await callGrpc({ host, port, tls }, checkMethod, encodeRequest(service), context);
    return judge(reply, address, target, (text) => excerpt(context.redact(text)));
  } catch (error) {
    const cause = networkCause(error, address, context.currentStep());
    if (cause !== undefined) return failed(cause);
    if (isHttp2Error(error)) return failed(causeOf("protocol", `${address} answered, but not in HTTP/2`));
    throw error;
  }
};

function judge(
  { code, message, body }: GrpcReply,
  address: string,
  target: string,
  reported: (text: string) => string,
): Finding {
  const answer = `${nameOfCode[code] ?? code}${message === "" ? "" : `: ${reported(message)}`}`;
  switch (code) {
    case 0: {
      const status = statusIn(body);
      if (status === "SERVING") return passed;
      if (status === undefined)
        return failed(causeOf("protocol", `${address} answered, but with no message of the health protocol`));
      return failed(causeOf("unhealthy", `${address} says that ${target} is ${status}, expected SERVING`));
    }
    case 5:
      return failed(causeOf("server", `${address} knows nothing of the health of ${target}: ${answer}`));
    case 7:
    case 16:
      return failed({
        ...causeOf("authentication", `${address} answered ${answer}`),
        permanentOncePassing: true,
      });
    case 12:
      // What a server serves is settled before it listens.
      return failed(causeOf("protocol", `${address} does not serve gRPC's health protocol: ${answer}`, true));
    default:
      return failed(causeOf("server", `${address} answered ${answer}`));
  }
}

/** "Status codes and their use in gRPC", as far as they are not success. */
const nameOfCode: Readonly<Record<number, string>> = {
  1: "CANCELLED",
  2: "UNKNOWN",
  3: "INVALID_ARGUMENT",
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  6: "ALREADY_EXISTS",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  9: "FAILED_PRECONDITION",
  10: "ABORTED",
  11: "OUT_OF_RANGE",
  12: "UNIMPLEMENTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  15: "DATA_LOSS",
  16: "UNAUTHENTICATED",
};

function isHttp2Error(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_HTTP2_");
}
