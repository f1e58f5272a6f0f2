import { Client, connectivityState, credentials, Metadata, status as codes } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { addressOf } from "./address.ts";
import { excerpt } from "./excerpt.ts";
import { checkMethod, decodeStatus, encodeRequest } from "./grpc-health-messages.ts";
import { networkCause } from "./network-cause.ts";
import type { Cause } from "./outcome.ts";
import { causeOf, failed, passed } from "./outcome.ts";
import type { Attempt, AttemptContext } from "./probe-kind.ts";

/** The server's own limit comes after the attempt's, so that it is always the attempt that tells of it. */
const safetyMarginMs = 1000;

/** Asks a gRPC server for its health over a connection of its own; when the attempt is aborted, the call is cancelled on the server. */
export const grpcHealth: Attempt<"grpc-health"> = async ({ port, service }, { host }, context) => {
  const address = addressOf({ host, port });
  const { signal } = context;
  context.step("calling grpc.health.v1.Health/Check");
  const client = new Client(address, credentials.createInsecure(), {
    // Otherwise connections are shared by all clients of the process, and tried again in the background.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.max_receive_message_length": 64 * 1024,
    "grpc.primary_user_agent": "phasegate-probe",
  });
  const { promise: answer, resolve, reject } = Promise.withResolvers<string>();
  const call = client.makeUnaryRequest(
    checkMethod,
    encodeRequest,
    decodeStatus,
    service,
    new Metadata(),
    { deadline: Date.now() + context.timeoutMs + safetyMarginMs },
    (error, value) => (error === null ? resolve(value ?? "") : reject(error)),
  );
  const stop = () => {
    const stands = client.getChannel().getConnectivityState(false) === connectivityState.READY;
    const step = stands ? "waiting for the answer" : "opening the HTTP/2 connection";
    context.step(step);
    call.cancel();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const status = await answer;
    if (status === "SERVING") return passed;
    const what = service === "" ? "the server" : excerpt(service, 100);
    return failed(causeOf("unhealthy", `${address} says that ${what} is ${status}, expected SERVING`));
  } catch (error) {
    return failed(grpcCause(error as ServiceError, address, service, context));
  } finally {
    signal.removeEventListener("abort", stop);
    client.close();
  }
};

function grpcCause(error: ServiceError, address: string, service: string, context: AttemptContext): Cause {
  const { code, details } = error;
  const told = () => excerpt(context.redact(details));
  switch (code) {
    case codes.CANCELLED:
    case codes.DEADLINE_EXCEEDED:
      return causeOf(
        "timeout",
        `no answer from ${address} within ${context.timeout} while ${context.currentStep()}`,
      );
    case codes.UNAVAILABLE:
      return unavailableCause(details, address, context);
    case codes.UNIMPLEMENTED:
      // A proxy in front of a server that is not there yet answers with a status of HTTP.
      return causeOf(
        "protocol",
        `${address} does not speak gRPC's health protocol: ${told()}`,
        !details.startsWith("Received HTTP status"),
      );
    case codes.NOT_FOUND: {
      const what = service === "" ? "itself" : `the service ${excerpt(service, 100)}`;
      return causeOf("server", `${address} knows nothing of the health of ${what}: ${told()}`);
    }
    case codes.UNAUTHENTICATED:
    case codes.PERMISSION_DENIED:
      return { ...causeOf("authentication", `${address} answered: ${told()}`), permanentOncePassing: true };
    default:
      if (typeof code !== "number") throw error;
      if (/without gRPC status|RST_STREAM|^Unexpected compressed|^Received message/.test(details))
        return causeOf("protocol", `${address} answered, but not in gRPC`);
      return causeOf("server", `${address} answered with ${codes[code] ?? code}: ${told()}`);
  }
}

/** The library puts the network's error into words. */
function unavailableCause(details: string, address: string, context: AttemptContext): Cause {
  if (details.startsWith("Name resolution failed"))
    return causeOf("dns", `the host name ${address.replace(/:\d+$/, "")} has no address`);
  const [, code] = /\b(E[A-Z_]{4,})\b/.exec(details) ?? [];
  const network =
    code === undefined
      ? undefined
      : networkCause(Object.assign(new Error(details), { code }), address, context.currentStep());
  if (network !== undefined) return network;
  if (details.includes("Protocol error")) return causeOf("protocol", `${address} answered, but not in gRPC`);
  if (/Failed to connect|Connection dropped/.test(details))
    return causeOf("reset", `connection closed by ${address} while ${context.currentStep()}`);
  return causeOf("server", `${address} is unavailable: ${excerpt(context.redact(details))}`);
}
