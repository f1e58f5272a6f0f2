// In place of the module by which Pulumi's SDK traces a program for `pulumi --tracing`. That one loads an exporter and all that it needs
// at every start, which takes some 80 ms; this one loads that one when there is somewhere to send traces to.
import { createRequire } from "node:module";
import { trace } from "@opentelemetry/api";

const require = createRequire(import.meta.url);

/**
 * The module itself.
 * @type {{ start(url: string): void, stop(): void, newSpan(name: string): import("@opentelemetry/api").Span } | undefined}
 */
let real;

/** @param {string} url */
export function start(url) {
  Reflect.deleteProperty(require.cache, import.meta.filename);
  real = require(import.meta.filename);
  real?.start(url);
}

export const stop = () => real?.stop();

/** @param {string} name */
export const newSpan = (name) => real?.newSpan(name) ?? trace.getTracer("nodejs-runtime").startSpan(name);
