import type { Bench } from "./coordinator-bench.ts";
import { bench } from "./coordinator-bench.ts";
import { probeOn } from "./desired.ts";

/** Services in the order of their start; each is probed on the port of its place. */
export const services = ["redis", "queue", "auth", "worker", "backend", "frontend"] as const;
export type Service = (typeof services)[number];

/** Two parts that have nothing to do with each other: what needs redis, and what needs the queue. */
const needs = {
  redis: {},
  queue: {},
  auth: { redis: "restart" },
  worker: { queue: "restart" },
  backend: { redis: "restart", auth: "restart" },
  frontend: { backend: "revalidate" },
} as const;

const phases = {
  redis: ["data", []],
  queue: ["data", []],
  auth: ["business", ["data"]],
  worker: ["business", ["data"]],
  backend: ["application", ["business"]],
  frontend: ["front", ["application"]],
} as const;

export const portOf = (service: Service) => services.indexOf(service);

type BenchOptions = Parameters<typeof bench>[0];
type ApplyOptions = Parameters<Bench["apply"]>[2];

/** A bench whose services have been ready for a second. What has happened up to then is not in its lists. */
export async function readyStack(options: BenchOptions = {}): Promise<Bench> {
  const b = bench(options);
  for (const service of services) {
    b.engine.add(service);
    applyService(b, service);
  }
  await b.clock.advance(1000);
  forgetTheBeginning(b);
  return b;
}

/** Applies one of the services as it was, but for what is said. */
export function applyService(b: Bench, service: Service, options: ApplyOptions = {}): void {
  const [phase, after] = phases[service];
  b.apply(
    service,
    { probes: { answers: probeOn(portOf(service)) } },
    { phase, after: [...after], startIndex: portOf(service), needs: needs[service], ...options },
  );
}

export function forgetTheBeginning(b: Bench): void {
  b.changes.length = 0;
  b.transitions.length = 0;
  b.engine.calls.length = 0;
}

/** What was begun of each service by the engine, in order. */
export const started = (b: Bench) =>
  b.engine.calls.flatMap((call) => (call.startsWith("start ") ? [call.slice("start ".length)] : []));

/** The state of each service, with its cause where it is not ready: "auth degraded: redis, which it depends on, is stopped". */
export const states = (b: Bench) =>
  b.services().map((service) => {
    const { state, cause } = b.status(service);
    return state === "ready" ? `${service} ready` : `${service} ${state}: ${cause?.text}`;
  });

export const allReady = services.map((service) => `${service} ready`);
