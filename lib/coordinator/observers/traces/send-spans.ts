/** OpenTelemetry's SDK, and nothing else of it: who traces nothing does not load this. */
import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Context, Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from "@opentelemetry/semantic-conventions";
import { backgroundClock } from "../../../core/clock.ts";
import type { SpanTree } from "./span-tree.ts";

export interface SendOptions {
  /** The collector's root. */
  readonly endpoint: string;
  readonly stack: string;
  readonly environment: string;
  /** How long spans wait for others to be sent with them. */
  readonly delayMs: number;
  readonly onSent: () => void;
  readonly onFailed: (error: Error | undefined) => void;
}

export interface SpanSender {
  send(tree: SpanTree): void;
  /** Sends what waits, for two seconds at most, and ends. Never rejects. */
  end(): Promise<void>;
}

/** How long the end waits for a collector: a coordinator that is stopped is killed after 10 s. */
const endMs = 2000;

/** Sends traces by OTLP over HTTP, in the background: what the queue does not hold is lost, and nothing waits for it. */
export function spanSender(options: SendOptions): SpanSender {
  const exporter = told(
    new OTLPTraceExporter({
      url: `${options.endpoint.replace(/\/+$/, "")}/v1/traces`,
      timeoutMillis: 10_000,
      concurrencyLimit: 2,
    }),
    options,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: "phasegate-coordinator",
      [ATTR_SERVICE_NAMESPACE]: options.stack,
      "deployment.environment.name": options.environment,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: 8192,
        maxExportBatchSize: 512,
        scheduledDelayMillis: options.delayMs,
        exportTimeoutMillis: 15_000,
      }),
    ],
  });
  const tracer = provider.getTracer("phasegate");
  return {
    send: (tree) => emit(tree, tracer, ROOT_CONTEXT),
    end: () => Promise.race([provider.shutdown().catch(() => undefined), backgroundClock.sleep(endMs)]),
  };
}

function emit(
  { name, beganMs, endedMs, attributes, events, error, children }: SpanTree,
  tracer: Tracer,
  parent: Context,
): void {
  const span = tracer.startSpan(name, { startTime: beganMs, attributes }, parent);
  for (const event of events) span.addEvent(event.name, event.attributes, event.atMs);
  if (error !== undefined) {
    span.setAttribute(ATTR_ERROR_TYPE, error.type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.text });
  }
  for (const child of children) emit(child, tracer, trace.setSpan(parent, span));
  span.end(Math.max(beganMs, endedMs));
}

/** The exporter, with what became of each of its requests. */
function told(exporter: SpanExporter, { onSent, onFailed }: SendOptions): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        // ExportResultCode of @opentelemetry/core, which is of no other use here: 0 is success.
        const { code }: { readonly code: number } = result;
        if (code === 0) onSent();
        else onFailed(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
