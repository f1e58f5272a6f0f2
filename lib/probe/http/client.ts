import type { Dispatcher } from "undici";
import { mapValues } from "../../core/record.ts";
import type { Place } from "../../model/probe-parts/place.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { attemptHttp } from "../attempt-http.ts";
import type { AttemptContext } from "../probe-kind.ts";

/** A request, its secrets filled in. */
export interface HttpRequest {
  readonly method: ProbeOf<"http">["method"];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** HTTP for one attempt: one connection, kept between requests where the server keeps it. To be disposed of, which closes it. */
export interface HttpConnection {
  /** Sends a request; `last` says that none follows. */
  request(request: HttpRequest, last: boolean): Promise<Dispatcher.ResponseData>;
  [Symbol.dispose](): void;
}

/** A connection to a service, made with the first request. Redirects are answers, and not followed. */
export function openHttp(target: Place, context: AttemptContext): HttpConnection {
  const { client, [Symbol.dispose]: dispose } = attemptHttp(target, "waiting for the response", context);
  return {
    request: async ({ method, path, headers, body }, last) => {
      const response = await client.request({
        ...{ method, path, headers, body: body ?? null },
        signal: context.signal,
        reset: last,
      });
      // A body that is given up halfway reports so as an event.
      response.body.on("error", () => {});
      return response;
    },
    [Symbol.dispose]: dispose,
  };
}

/** The request that a probe sends first. */
export function requestOf(probe: ProbeOf<"http">, fill: AttemptContext["fill"]): HttpRequest {
  const { method, path } = probe;
  const [body, type] = bodyOf(probe, fill);
  const headers = Object.fromEntries(
    Object.entries(probe.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
  );
  const ofBody = type === undefined ? {} : { "content-type": type };
  return { method, path, headers: { "user-agent": "phasegate-probe", ...ofBody, ...headers }, body };
}

/** The body, and of what type it is. */
function bodyOf(
  { body, form, bodyText }: ProbeOf<"http">,
  fill: AttemptContext["fill"],
): readonly [body?: string, type?: string] {
  if (body !== undefined) return [JSON.stringify(body), "application/json"];
  if (bodyText !== undefined) return [fill(bodyText), "text/plain; charset=utf-8"];
  if (form === undefined) return [];
  const fields = new URLSearchParams(mapValues(form, fill));
  return [fields.toString(), "application/x-www-form-urlencoded"];
}
