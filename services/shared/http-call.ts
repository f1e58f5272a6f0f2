import { UnavailableError, about, addressOf } from "./failure-reason.ts";

export interface HttpCall {
  readonly method?: "GET" | "POST";
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

const callTimeoutMs = 3_000;

/**
 * Calls another service and returns the JSON that it answers.
 * @throws UnavailableError that names the service, and what it answered when it did not answer 2xx.
 */
export async function callJson(service: string, url: string, call: HttpCall = {}): Promise<unknown> {
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
    return JSON.parse(text) as unknown;
  });
}

/** The reason in an error body: our own `reason` and `error`, or OAuth's `error_description`. */
function reasonIn(text: string): string {
  try {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const reason = body.reason ?? body.error_description ?? body.error;
    return typeof reason === "string" ? `: ${reason}` : "";
  } catch {
    return "";
  }
}
