import { systemClock } from "../core/clock.ts";
import { connectEngine } from "../engine/docker-engine.ts";
import { runProbe } from "../probe/run-probe.ts";
import { followEvents } from "./container-events.ts";
import { serveControl } from "./control-server.ts";
import { jsonLog } from "./log.ts";
import { requests } from "./requests.ts";
import type { RunAttempt } from "./services.ts";
import { services as createServices } from "./services.ts";

/** What the process is told by its environment. */
export interface ServeOptions {
  readonly socket: string;
  /** The labels of the containers whose events are followed. */
  readonly labels: Readonly<Record<string, string>>;
  readonly startedMs: number;
}

/** Runs the coordinator until the signal aborts. */
export async function serve({ socket, labels, startedMs }: ServeOptions, signal: AbortSignal): Promise<void> {
  const clock = systemClock;
  const log = jsonLog((line) => process.stdout.write(line), clock.now);
  const engine = connectEngine();
  const services = createServices({ engine, runAttempt, clock, random: Math.random, log });
  const server = await serveControl({ socket, answer: requests(services, clock, startedMs), redact: services.redact, log });
  log("listening", { socket, afterMs: clock.now() - startedMs });

  await followEvents(engine, { labels, onEvent: services.onEvent, onGap: services.refreshAll, clock, random: Math.random, log }, signal);
  services.close();
  await server.close();
  log("ended");
}

const runAttempt: RunAttempt = (probe, { service, endpoint, secrets, container, signal }) =>
  runProbe(probe, endpoint?.host ?? service, endpoint, { clock: systemClock, secrets, container, signal });
