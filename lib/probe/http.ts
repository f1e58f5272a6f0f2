import type { Socket } from "node:net";
import { Client } from "undici";
import type { Dispatcher } from "undici";
import { jsonMismatch } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import type { ProbeOf } from "../model/probe.ts";
import { addressOf } from "./address.ts";
import { attemptSocket } from "./attempt-socket.ts";
import { excerpt } from "./excerpt.ts";
import { networkCause } from "./network-cause.ts";
import type { Finding } from "./outcome.ts";
import { causeOf, failed, passed } from "./outcome.ts";
import type { Attempt, AttemptContext } from "./probe-kind.ts";
import { readBounded, readBeginning } from "./read-beginning.ts";
import { within } from "./within.ts";

/** A body to be compared is read up to here; a health report is not longer. */
const maxBodyBytes = 1024 * 1024;

/** How long the body of a wrong answer is waited for: its status says most, the body only helps. */
const explanationMs = 500;

/** Sends one request over a connection of its own; redirects are answers, and not followed. */
export const http: Attempt<"http"> = async (probe, target, context) => {
  const address = addressOf(target);
  let socket: Socket | undefined;
  const client = new Client(`http://${address}`, {
    connect: (_origin, connected) => {
      const fresh = attemptSocket(() => {
        context.step("waiting for the response");
        fresh.off("error", refused);
        connected(null, fresh);
      });
      const refused = (error: Error) => connected(error, null);
      fresh.once("error", refused);
      socket = fresh.connect(target.port, target.host);
    },
    // The attempt has one timeout for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // The library listens to the signal only once the connection stands.
  const stop = () => socket?.destroy(new Error("the attempt was stopped"));
  context.signal.addEventListener("abort", stop, { once: true });
  context.step("connecting");
  try {
    const response = await client.request({
      method: probe.method,
      path: probe.path,
      headers: requestHeaders(probe, context),
      body: probe.body === undefined ? null : JSON.stringify(probe.body),
      signal: context.signal,
      reset: true,
    });
    return await judge(probe, response, context);
  } catch (error) {
    const cause = networkCause(error, address, context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  } finally {
    context.signal.removeEventListener("abort", stop);
    socket?.destroy();
    context.tidy(client.destroy());
  }
};

function requestHeaders(probe: ProbeOf<"http">, { fill }: AttemptContext): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(probe.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
  );
  return {
    "user-agent": "phasegate-probe",
    ...(probe.body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
}

async function judge(
  probe: ProbeOf<"http">,
  response: Dispatcher.ResponseData,
  context: AttemptContext,
): Promise<Finding> {
  const { body, statusCode } = response;
  // A body that is given up halfway reports so as an event.
  body.on("error", () => {});
  const request = `${probe.method} ${probe.path}`;
  if (!probe.status.includes(statusCode)) {
    const explanation = await explain(response, context);
    return failed(
      causeOf(
        "status",
        `${request} answered ${statusCode}, expected ${probe.status.join(" or ")}; ${explanation}`,
      ),
    );
  }
  if (probe.json === undefined) return passed;
  context.step("reading the response's body");
  const { text, complete } = await readBounded(body, maxBodyBytes);
  if (!complete) return failed(causeOf("body", `${request} answered with more than 1 MiB`));
  return judgeJson(text, probe.json, `${request} answered`, context);
}

async function explain(
  { body, headers }: Dispatcher.ResponseData,
  { clock, redact }: AttemptContext,
): Promise<string> {
  if (typeof headers.location === "string")
    return `it redirects to ${excerpt(redact(headers.location), 100)}`;
  let text = "";
  const reading = readBeginning(body, 4096).then((beginning) => {
    text = excerpt(redact(beginning));
  });
  if (!(await within(reading, explanationMs, clock))) return "the body does not come";
  return text === "" ? "the body is empty" : text;
}

function judgeJson(text: string, expected: Json, answered: string, { redact }: AttemptContext): Finding {
  const body = parseJson(text);
  if (body === undefined) {
    const begins = text === "" ? "an empty body" : `a body that is not JSON: ${excerpt(redact(text))}`;
    return failed(causeOf("body", `${answered} with ${begins}`));
  }
  if (jsonMismatch(body.value, expected) === undefined) return passed;
  // Told from a copy without secrets: the words quote values, and cut long ones.
  const told = jsonMismatch(
    JSON.parse(text, (_key, value: unknown) => (typeof value === "string" ? redact(value) : value)),
    expected,
  );
  return failed(causeOf("body", `${answered}, but ${told ?? "with another body than expected"}`));
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
