import type { Dispatcher } from "undici";
import { jsonMismatch } from "../../core/json.ts";
import type { Json } from "../../core/json.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { placeOf } from "../../model/probe-parts/place.ts";
import { addressOf } from "../address.ts";
import { excerpt } from "../../core/excerpt.ts";
import { statusCause } from "./status.ts";
import type { HttpConnection, HttpRequest } from "./client.ts";
import { openHttp, requestOf } from "./client.ts";
import { headersMismatch, textMismatch } from "./expected.ts";
import type { Hop } from "./redirect.ts";
import { isFollowed, nextHop } from "./redirect.ts";
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

/** Sends one request over a connection of its own, follows redirects where the probe does, and sends more where its speed is to be measured. */
export const http: Attempt<"http"> = async (probe, target, context) => {
  const { p95 } = probe;
  let hop: Hop = { place: placeOf(probe, target), request: requestOf(probe, context.fill) };
  try {
    for (let followed = 0; ; followed += 1) {
      using connection = openHttp(hop.place, context);
      const answer = await ask(probe, hop, connection, p95 === undefined, context);
      if ("redirect" in answer) {
        const next = follow(probe, target, hop, answer.redirect, followed, context);
        if ("finding" in next) return next.finding;
        hop = next;
        continue;
      }
      const first = judge(probe, hop, answer, context);
      if (!first.passed || p95 === undefined) return first;
      const { place } = hop;
      // The first request answered the question of the content, and warmed the connection as any client's is.
      return await judgeLatency(p95, addressOf(place), context, async (n) => {
        const next = await ask(probe, hop, connection, n === p95.samples - 1, context);
        return "finding" in next ? next.finding : undefined;
      });
    }
  } catch (error) {
    const cause = networkCause(error, addressOf(hop.place), context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  }
};

interface Redirect {
  readonly status: number;
  readonly location: string;
}

/** An answer with an expected status, a redirect that is to be followed, or what is wrong with it already. */
type Answer = { readonly body: Buffer } | { readonly redirect: Redirect } | { readonly finding: Finding };

async function ask(
  probe: ProbeOf<"http">,
  { request }: Hop,
  connection: HttpConnection,
  last: boolean,
  context: AttemptContext,
): Promise<Answer> {
  const response = await connection.request(request, last);
  const { statusCode: status, headers } = response;
  const { location } = headers;
  if (isFollowed(probe, status, location)) {
    response.body.destroy();
    return { redirect: { status, location: String(location) } };
  }
  if (!probe.status.includes(status))
    return { finding: failed(await unexpectedStatus(probe, request, response, context)) };
  const wrong = headersMismatch(probe, headers, `${requestText(request)} answered`, context.redact);
  if (wrong !== undefined) {
    response.body.destroy();
    return { finding: wrong };
  }
  // A body that nobody asks for may have no end; one that is measured must have one.
  if (probe.json === undefined && probe.text === undefined && probe.p95 === undefined)
    return { body: Buffer.alloc(0) };
  if (probe.p95 === undefined) context.step("reading the response's body");
  const { bytes, complete } = await readBounded(response.body, maxBodyBytes);
  if (complete || (probe.json === undefined && probe.p95 === undefined)) return { body: bytes };
  return { finding: failed(causeOf("body", `${requestText(request)} answered with more than 1 MiB`)) };
}

function follow(
  probe: ProbeOf<"http">,
  target: Parameters<typeof placeOf>[1],
  hop: Hop,
  { status, location }: Redirect,
  followed: number,
  { redact }: AttemptContext,
): Hop | { readonly finding: Finding } {
  const answered = `${requestText(hop.request)} answered ${status}`;
  const atMost = probe.redirects?.atMost ?? 0;
  if (followed >= atMost) {
    const text = `${answered} and redirects to ${redirectLocation(redact(location))}, after ${atMost} redirects that were followed`;
    return { finding: failed(causeOf("status", text)) };
  }
  const next = nextHop(probe, target, hop, status, location, redact);
  return "refused" in next ? { finding: failed(causeOf("status", `${answered} ${next.refused}`)) } : next;
}

function judge(
  probe: ProbeOf<"http">,
  { request }: Hop,
  answer: Exclude<Answer, { redirect: Redirect }>,
  context: AttemptContext,
): Finding {
  if ("finding" in answer) return answer.finding;
  const answered = `${requestText(request)} answered`;
  const wrong = textMismatch(probe, answer.body.toString("utf8"), answered, context.redact);
  if (wrong !== undefined) return wrong;
  if (probe.json === undefined) return passed;
  return judgeJson(answer.body, probe.json, answered, context);
}

/** The cause of an answer with another status than the expected ones. */
async function unexpectedStatus(
  probe: ProbeOf<"http">,
  request: HttpRequest,
  response: Dispatcher.ResponseData,
  context: AttemptContext,
): Promise<Cause> {
  const { statusCode, headers } = response;
  const explanation = await explain(response, context);
  const text = `${requestText(request)} answered ${statusCode}, expected ${probe.status.join(" or ")}; ${explanation}`;
  return statusCause(statusCode, typeof headers.location === "string" ? headers.location : undefined, text);
}

function requestText({ method, path }: HttpRequest): string {
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
