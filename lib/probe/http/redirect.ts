import type { Place } from "../../model/probe-parts/place.ts";
import { placeOf } from "../../model/probe-parts/place.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { secretsIn } from "../../model/text.ts";
import type { HttpRequest } from "./client.ts";
import { redirectLocation } from "./redirect-location.ts";

/** A request, and where it goes. */
export interface Hop {
  readonly place: Place;
  readonly request: HttpRequest;
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether an answer is a redirect that the probe follows. One whose status it expects is its answer. */
export function isFollowed(
  { redirects, status }: ProbeOf<"http">,
  answered: number,
  location: unknown,
): boolean {
  return (
    redirects !== undefined &&
    redirecting.has(answered) &&
    !status.includes(answered) &&
    typeof location === "string"
  );
}

/**
 * Where a redirect leads, or why it is not followed, to be read after "GET / answered 302, ".
 * @param service the service's own endpoint, with its TLS
 */
export function nextHop(
  probe: ProbeOf<"http">,
  service: Parameters<typeof placeOf>[1],
  { place, request }: Hop,
  status: number,
  location: string,
  redact: (text: string) => string,
): Hop | { readonly refused: string } {
  const from = new URL(`${schemeOf(place)}://${hostText(place.host)}:${place.port}${request.path}`);
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const refused = (why: string) => ({
    refused: `and redirects to ${redirectLocation(redact(location))}, ${why}`,
  });
  if (to === undefined || !/^https?:$/.test(to.protocol)) return refused("which is no address of HTTP");
  const host = to.hostname.replace(/^\[(.*)\]$/, "$1");
  const other = host !== place.host;
  if (other && host !== service.host && !probe.redirects?.hosts.includes(host))
    return refused(`which is another host: name it in redirects: { hosts } to have it followed`);
  if (to.protocol === "http:" && place.tls !== undefined)
    return refused("from TLS to plain text, and is not followed");
  const port = to.port === "" ? (to.protocol === "https:" ? 443 : 80) : Number(to.port);
  // The probe's own https holds for whatever it asks in TLS, and the service's own at the service's own address.
  const tls =
    to.protocol === "http:" ? undefined : (probe.https ?? placeOf({ host, port }, service).tls ?? {});
  return { place: { host, port, tls }, request: redirected(probe, request, status, to, other) };
}

function schemeOf({ tls }: Place): "http" | "https" {
  return tls === undefined ? "http" : "https";
}

function hostText(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The request that follows, as browsers make it ("HTTP-redirect fetch" of the Fetch standard). */
function redirected(
  probe: ProbeOf<"http">,
  { method, headers, body }: HttpRequest,
  status: number,
  to: URL,
  otherHost: boolean,
): HttpRequest {
  const asGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  const left = Object.entries(headers).filter(([name]) => {
    if (asGet && name.startsWith("content-")) return false;
    return !otherHost || !isPrivate(probe, name);
  });
  const path = `${to.pathname}${to.search}`;
  return {
    method: asGet ? "GET" : method,
    path,
    headers: Object.fromEntries(left),
    body: asGet || otherHost ? undefined : body,
  };
}

/** Headers that are for the host that was asked, and for no other. */
function isPrivate({ headers }: ProbeOf<"http">, name: string): boolean {
  if (/^(host|authorization|proxy-authorization|cookie)$/.test(name)) return true;
  return Object.entries(headers).some(
    ([own, value]) => own.toLowerCase() === name && secretsIn(value).length > 0,
  );
}
