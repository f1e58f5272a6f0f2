import { z } from "zod";
import { UnavailableError, about, addressOf } from "./failure-reason.ts";

interface HttpCall {
  readonly method?: "GET" | "POST";
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

const errorSchema = z.object({
  reason: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
});

const callTimeoutMs = 3_000;

/**
 * Calls another service and returns the JSON that it answers, if it has the expected form.
 * @throws UnavailableError that names the service, and what it answered when it was not that.
 */
export async function callJson<Answer>(
  service: string,
  url: string,
  expected: z.ZodType<Answer>,
  call: HttpCall = {},
): Promise<Answer> {
  return about(`${service} at ${addressOf(url)}`, async () => {
    const response = await fetch(url, {
      method: call.method ?? "GET",
      headers: {
        accept: "application/json",
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...(call.json === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
      ...(call.form === undefined ? {} : { body: new URLSearchParams(call.form) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new UnavailableError(`${new URL(url).pathname} answered ${response.status}${reasonIn(text)}`);
    }
    return expect(text, new URL(url).pathname, expected);
  });
}

function expect<Answer>(text: string, path: string, expected: z.ZodType<Answer>): Answer {
  const answer = expected.safeParse(jsonIn(text));
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  throw new UnavailableError(
    `${path} answered something unexpected: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The reason in an error body: our own `reason` and `error`, or OAuth's `error_description`. */
function reasonIn(text: string): string {
  const body = errorSchema.safeParse(jsonIn(text)).data;
  const reason = body?.reason ?? body?.error_description ?? body?.error;
  return reason === undefined ? "" : `: ${reason}`;
}
