import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { errorText } from "../../../core/errors.ts";

/** What the endpoint is served with. */
export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** The bearer token that a scrape must send; undefined lets everybody in; null lets nobody in: it is declared, and has no value. */
  readonly token: () => string | null | undefined;
  readonly scrape: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly onListening: (port: number) => void;
  /** It does not listen. `taken` is the port's being in use. */
  readonly onProblem: (text: string) => void;
}

/** A scraper or two, and a person who looks. */
const mostConnections = 32;
const headerBytes = 8 * 1024;
const headersWithinMs = 5000;
const requestWithinMs = 10_000;

/** Serves `GET /metrics`, and nothing else. Returns what ends it. */
export async function serveMetrics(options: MetricsServerOptions): Promise<() => void> {
  const { createServer } = await import("node:http");
  const server: Server = createServer(
    {
      maxHeaderSize: headerBytes,
      headersTimeout: headersWithinMs,
      requestTimeout: requestWithinMs,
      keepAliveTimeout: requestWithinMs,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => void answer(options, request, response),
  );
  server.maxConnections = mostConnections;
  server.on("error", (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    options.onProblem(taken ? `port ${options.port} is taken by another process` : errorText(error));
  });
  server.listen(options.port, options.host, () => {
    const address = server.address();
    options.onListening(typeof address === "object" && address !== null ? address.port : options.port);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

async function answer(
  { token, scrape }: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-length": String(Buffer.byteLength(text)),
      ...headers,
    });
    response.end(request.method === "HEAD" ? undefined : text);
  };
  // What is sent with it is of no use: it is not read, and the connection not kept for it.
  if (request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined)
    response.shouldKeepAlive = false;
  const [path] = (request.url ?? "").split("?", 1);
  if (!isAllowed(request.headers.authorization, token()))
    return say(401, "a bearer token is needed\n", { "www-authenticate": 'Bearer realm="phasegate"' });
  if (path !== "/metrics") return say(404, "there is /metrics, and nothing else\n");
  if (request.method !== "GET" && request.method !== "HEAD")
    return say(405, "only GET and HEAD\n", { allow: "GET, HEAD" });
  try {
    const { contentType, text } = await scrape();
    say(200, text, { "content-type": contentType });
  } catch {
    say(500, "the metrics could not be collected\n");
  }
}

/** The comparison takes the same time whatever is sent: digests have one length. */
function isAllowed(header: string | undefined, token: string | null | undefined): boolean {
  if (token === undefined) return true;
  const sent = /^bearer +(.+)$/i.exec(header ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(sent), digest(token ?? "")) && token !== null && token !== "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
