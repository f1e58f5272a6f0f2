import type { Dispatcher } from "undici";
import { jsonMismatch } from "../../core/json.ts";
import type { Json } from "../../core/json.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { placeOf } from "../../model/probe-parts/place.ts";
import { addressOf } from "../address.ts";
import { excerpt } from "../../core/excerpt.ts";
import { statusCause } from "./status.ts";
import type { HttpConnection } from "./client.ts";
import { openHttp } from "./client.ts";
import { judgeLatency } from "../latency.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause, Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";
import { readBounded, readBeginning } from "../read-beginning.ts";
import { redirectLocation } from "./redirect-location.ts";
import { utf8Text } from "../utf8-text.ts";
import { within } from "../within.ts";

/** A body to be compared is read up to here; a health report is not longer. */
const maxBodyBytes = 1024 * 1024;

/** How long the body of a wrong answer is waited for: its status says most, the body only helps. */
const explanationMs = 500;

/** Sends one request over a connection of its own, and more where its speed is to be measured. */
export const http: Attempt<"http"> = async (probe, target, context) => {
  const place = placeOf(probe, target);
  const address = addressOf(place);
  const { p95 } = probe;
  try {
    using connection = openHttp(place, context);
    const first = judge(probe, await ask(probe, connection, p95 === undefined, context), context);
    if (!first.passed || p95 === undefined) return first;
    // The first request answered the question of the content, and warmed the connection as any client's is.
    return await judgeLatency(p95, address, context, async (n) => {
      const answer = await ask(probe, connection, n === p95.samples - 1, context);
      return "finding" in answer ? answer.finding : undefined;
    });
  } catch (error) {
    const cause = networkCause(error, address, context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  }
};

/** An answer with an expected status, or what is wrong with it already. */
type Answer = { readonly body: Buffer } | { readonly finding: Finding };

async function ask(
  probe: ProbeOf<"http">,
  connection: HttpConnection,
  last: boolean,
  context: AttemptContext,
): Promise<Answer> {
  const response = await connection.request(probe, last);
  if (!probe.status.includes(response.statusCode))
    return { finding: failed(await unexpectedStatus(probe, response, context)) };
  // A body that nobody asks for may have no end; one that is measured must have one.
  if (probe.json === undefined && probe.p95 === undefined) return { body: Buffer.alloc(0) };
  if (probe.p95 === undefined) context.step("reading the response's body");
  const { bytes, complete } = await readBounded(response.body, maxBodyBytes);
  if (complete) return { body: bytes };
  return { finding: failed(causeOf("body", `${requestText(probe)} answered with more than 1 MiB`)) };
}

function judge(probe: ProbeOf<"http">, answer: Answer, context: AttemptContext): Finding {
  if ("finding" in answer) return answer.finding;
  if (probe.json === undefined) return passed;
  return judgeJson(answer.body, probe.json, `${requestText(probe)} answered`, context);
}

/** The cause of an answer with another status than the expected ones. */
async function unexpectedStatus(
  probe: ProbeOf<"http">,
  response: Dispatcher.ResponseData,
  context: AttemptContext,
): Promise<Cause> {
  const { statusCode, headers } = response;
  const explanation = await explain(response, context);
  const text = `${requestText(probe)} answered ${statusCode}, expected ${probe.status.join(" or ")}; ${explanation}`;
  return statusCause(statusCode, typeof headers.location === "string" ? headers.location : undefined, text);
}

function requestText({ method, path }: ProbeOf<"http">): string {
  return `${method} ${path}`;
}

async function explain(
  { body, headers }: Dispatcher.ResponseData,
  { clock, redact }: AttemptContext,
): Promise<string> {
  if (typeof headers.location === "string")
    return `it redirects to ${redirectLocation(redact(headers.location))}`;
  let text = "";
  const reading = readBeginning(body, 4096).then((beginning) => {
    text = excerpt(redact(beginning));
  });
  if (!(await within(reading, explanationMs, clock))) return "the body does not come";
  return text === "" ? "the body is empty" : text;
}

function judgeJson(bytes: Buffer, expected: Json, answered: string, { redact }: AttemptContext): Finding {
  const otherwise = (what: string) => failed(causeOf("body", `${answered} with ${what}`));
  const begins = (text: string) => excerpt(redact(text));
  const text = utf8Text(bytes);
  if (text === undefined)
    return otherwise(`a body that is not UTF-8, as JSON is: ${begins(bytes.toString("utf8"))}`);
  if (text === "") return otherwise("an empty body");
  if (text.startsWith(byteOrderMark))
    return otherwise(
      `a byte order mark before the body, which JSON does not allow: ${begins(text.slice(1))}`,
    );
  const body = parseJson(text);
  if (body === undefined) return otherwise(`a body that is not JSON: ${begins(text)}`);
  if (jsonMismatch(body.value, expected) === undefined) return passed;
  // Described from a copy without secrets: the words quote values, and cut long ones.
  const reported = jsonMismatch(
    JSON.parse(text, (_key, value: unknown) => (typeof value === "string" ? redact(value) : value)),
    expected,
  );
  return failed(causeOf("body", `${answered}, but ${reported ?? "with another body than expected"}`));
}

const byteOrderMark = "\u{feff}";

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
