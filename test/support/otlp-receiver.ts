import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as it came in, with plain attributes. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The name of the span that it belongs to; undefined of a root. */
  readonly parent: string | undefined;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly failed: boolean;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RawSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly { readonly name: string; readonly attributes: readonly Attribute[] }[];
  readonly status?: { readonly code?: number };
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

function plain(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** A server that takes traces as an OpenTelemetry collector does: JSON, by POST to /v1/traces. */
export async function otlpReceiver(): Promise<{
  readonly endpoint: string;
  readonly paths: readonly string[];
  spans(): readonly ReceivedSpan[];
  /** What it answers from now on. */
  answerWith(status: number): void;
  close(): Promise<void>;
}> {
  const bodies: Body[] = [];
  const paths: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void (async () => {
      const text = await textOf(request);
      paths.push(request.url ?? "");
      if (status === 200) bodies.push(JSON.parse(text) as Body);
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    paths,
    answerWith: (next) => (status = next),
    spans: () => {
      const raw = bodies.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) =>
            spans.map((span) => ({ span, resource: plain(resource.attributes) })),
          ),
        ),
      );
      const names = new Map(raw.map(({ span }) => [span.spanId, span.name]));
      return raw.map(({ span, resource }) => ({
        ...{ name: span.name, traceId: span.traceId, spanId: span.spanId, resource },
        parent: span.parentSpanId ? names.get(span.parentSpanId) : undefined,
        beganMs: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
        endedMs: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
        attributes: plain(span.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: plain(attributes) })),
        failed: span.status?.code === 2,
      }));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
