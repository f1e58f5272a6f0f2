import type { IncomingMessage } from "node:http";
import type { createConnection, Socket } from "node:net";
import { WebSocket } from "ws";
import { jsonMismatch } from "../../core/json.ts";
import type { Json } from "../../core/json.ts";
import type { Place } from "../../model/probe-parts/place.ts";
import { placeOf } from "../../model/probe-parts/place.ts";
import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import { statusCause } from "../http/status.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";
import { readBeginning } from "../read-beginning.ts";
import { secured } from "../secured.ts";
import { utf8Text } from "../utf8-text.ts";
import { within } from "../within.ts";

const maxMessageBytes = 1024 * 1024;
/** How long the end of the conversation may take: the body of a refusal, or the server's own close. */
const endMs = 250;

/**
 * Opens a WebSocket, sends the message where there is one, and waits for the expected one. Messages that do
 * not match are passed over, since a server may greet or tell other news first; at the timeout the last of
 * them is what the cause tells.
 */
export const websocket: Attempt<"websocket"> = async (probe, target, context) => {
  const place = placeOf(probe, target);
  const address = addressOf(place);
  const { signal } = context;
  context.step("connecting");
  const headers = Object.fromEntries(
    Object.entries(probe.headers).map(([name, value]) => [name, context.fill(value)]),
  );
  const connection = new WebSocket(`${place.tls === undefined ? "ws" : "wss"}://${address}${probe.path}`, {
    headers: { "User-Agent": "phasegate-probe", ...headers },
    createConnection: connecting(place, context),
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  const closed = new Promise((resolve) => connection.once("close", resolve));
  const { promise: finding, resolve, reject } = Promise.withResolvers<Finding>();
  const messages = { count: 0, mismatch: "" };

  connection.once("open", () => {
    if (probe.send === undefined && probe.expect === undefined) return resolve(passed);
    context.step("waiting for the expected message");
    const sent = (error?: Error | null) =>
      error ? reject(error) : probe.expect === undefined && resolve(passed);
    if (probe.send === undefined) sent();
    else connection.send(typeof probe.send === "string" ? probe.send : JSON.stringify(probe.send), sent);
  });
  // A message is one Buffer, unless the library is set to deliver it otherwise.
  connection.on("message", (data) => {
    if (probe.expect === undefined) return;
    const mismatch = messageMismatch(data as Buffer, probe.expect, context);
    if (mismatch === undefined) return resolve(passed);
    messages.count += 1;
    messages.mismatch = mismatch;
  });
  connection.once("unexpected-response", (request, response) => {
    void refusal(response, address, probe.path, context).then((cause) => {
      request.destroy();
      resolve(failed(cause));
    });
  });
  connection.once("close", (code, reason) => {
    const why = excerpt(context.redact(reason.toString()), 100);
    const before = messages.count === 0 ? "" : `; ${lastMessage(messages)}`;
    resolve(
      failed(
        causeOf(
          "reset",
          `${address} closed the WebSocket with code ${code}${why === "" ? "" : ` (${why})`} while ${context.currentStep()}${before}`,
        ),
      ),
    );
  });
  connection.on("error", (error) => {
    const cause = websocketCause(error, address, context);
    if (cause === undefined) reject(error);
    else resolve(failed(cause));
  });
  const stop = () => {
    if (messages.count > 0)
      resolve(
        failed(
          causeOf(
            "timeout",
            `no message from ${address} matched within ${context.timeout}; ${lastMessage(messages)}`,
          ),
        ),
      );
    connection.terminate();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await finding;
  } finally {
    signal.removeEventListener("abort", stop);
    context.tidy(end(connection, closed, context));
  }
};

/** Connects as Node's HTTP client has it done: with a socket at once, or, once it is secured, by a call. */
function connecting({ host, port, tls }: Place, context: AttemptContext): typeof createConnection {
  const connect = (_options: unknown, done?: (error: Error | null, socket?: Socket) => void) => {
    const plain = attemptSocket(() => {
      if (tls === undefined) return context.step("waiting for the WebSocket handshake");
      plain.off("error", refused);
      const stands = (socket: Socket) => {
        context.step("waiting for the WebSocket handshake");
        done?.(null, socket);
      };
      secured(plain, { tls, host, alpn: "http/1.1" }, context).then(stands, refused);
    });
    const refused = (error: Error) => done?.(error);
    if (tls === undefined) return plain.connect(port, host);
    context.signal.addEventListener("abort", () => plain.destroy(), { once: true });
    plain.once("error", refused);
    plain.connect(port, host);
    return undefined;
  };
  return connect as typeof createConnection;
}

async function end(
  connection: WebSocket,
  closed: Promise<unknown>,
  { clock }: AttemptContext,
): Promise<void> {
  if (connection.readyState === WebSocket.OPEN) {
    connection.close(1000);
    await within(closed, endMs, clock);
  }
  connection.terminate();
}

function lastMessage({ count, mismatch }: { readonly count: number; readonly mismatch: string }): string {
  return `${count === 1 ? "the one message" : `the last of ${count} messages`} did not: ${mismatch}`;
}

function messageMismatch(bytes: Buffer, expected: Json, { redact }: AttemptContext): string | undefined {
  const message = utf8Text(bytes);
  if (message === undefined) return `it is not UTF-8: ${excerpt(redact(bytes.toString("utf8")), 100)}`;
  if (typeof expected === "string")
    return message === expected ? undefined : `it is ${excerpt(redact(message), 100)}, expected ${expected}`;
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return `it is not JSON: ${excerpt(redact(message), 100)}`;
  }
  if (jsonMismatch(value, expected) === undefined) return undefined;
  const reported = jsonMismatch(
    JSON.parse(message, (_key, part: unknown) => (typeof part === "string" ? redact(part) : part)),
    expected,
  );
  return reported ?? "it is another than expected";
}

async function refusal(
  response: IncomingMessage,
  address: string,
  path: string,
  { clock, redact }: AttemptContext,
): Promise<Cause> {
  let text = "";
  const reading = readBeginning(response, 4096).then((beginning) => {
    text = excerpt(redact(beginning));
  });
  await within(reading, endMs, clock);
  const begins = text === "" ? "" : `; the body begins: ${text}`;
  return statusCause(
    response.statusCode ?? 0,
    response.headers.location,
    `${address} answered the WebSocket handshake on ${path} with ${response.statusCode}, expected 101${begins}`,
  );
}

function websocketCause(error: Error, address: string, { currentStep }: AttemptContext): Cause | undefined {
  const cause = networkCause(error, address, currentStep());
  if (cause !== undefined) return cause;
  const code = "code" in error ? String(error.code) : "";
  const handshake = /^(Invalid Sec-WebSocket|Invalid Upgrade|Invalid subprotocol|Server sent)/.test(
    error.message,
  );
  if (!code.startsWith("WS_ERR_") && !handshake) return undefined;
  return causeOf(
    "protocol",
    `${address} does not keep to the WebSocket protocol: ${excerpt(error.message, 100)}`,
  );
}
