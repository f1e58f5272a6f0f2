import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { removeLabelled } from "../engine-contents.ts";
import type { Cost } from "./cost.ts";
import { costOfEach, spentFor } from "./cost.ts";
import { asksHttp } from "./kinds.ts";
import type { ServiceName } from "./services.ts";

/** A health check of the engine, as images and compose files have them. */
export interface HealthCheck {
  /** What is run, in words. */
  readonly title: string;
  /** Whose image the container is of. */
  readonly service: ServiceName;
  readonly command: readonly string[];
  readonly env?: readonly string[];
  /** Whether it asks the service something; the other is what the engine itself takes to run a command. */
  readonly asks: boolean;
}

export const healthChecks: readonly HealthCheck[] = [
  { title: "`true`, which asks nothing", service: "server", command: ["true"], asks: false },
  { title: "HTTP by bash's /dev/tcp, `head`, `grep`", service: "server", command: asksHttp, asks: true },
  {
    ...{ title: "`pg_isready`", service: "postgres", command: ["pg_isready", "-U", "postgres"], asks: true },
    env: ["POSTGRES_HOST_AUTH_METHOD=trust"],
  },
  { title: "`redis-cli ping`", service: "redis", command: ["redis-cli", "ping"], asks: true },
];

/** What one check costs the engine. */
export interface HealthCheckCost extends Cost {
  readonly title: string;
  readonly asks: boolean;
  readonly checks: number;
}

const label = "phasegate.bench=probes";
export const removeChecked = (docker: Docker) => removeLabelled(docker, label);

/** The time between two checks: as many as can be had in a short time, and one after the other. */
const intervalMs = 200;
/** How long a container's service may take until the first check passes. */
const patienceMs = 60_000;

/** Has the engine check a container for a while, once it is healthy, and compares with what the engine uses when there is none. */
export async function healthCheckCost(
  docker: Docker,
  { title, service, command, env = [], asks }: HealthCheck,
  images: Readonly<Record<string, string>>,
  measureMs: number,
  signal: AbortSignal,
): Promise<HealthCheckCost> {
  const idle = await spentFor(measureMs, undefined, signal);
  const nanoseconds = 1e6;
  const container = await docker.createContainer({
    Image: images[service] ?? "",
    Env: [...env],
    Labels: { "phasegate.bench": "probes" },
    Healthcheck: {
      Test: ["CMD", ...command],
      Interval: intervalMs * nanoseconds,
      Timeout: 5000 * nanoseconds,
      Retries: 1000,
    },
  });
  try {
    await container.start();
    await healthy(container, title, signal);
    const counted = await countChecks(docker, container.id, async () =>
      spentFor(measureMs, undefined, signal),
    );
    return { title, asks, checks: counted.checks, ...costOfEach(counted.result, idle, counted.checks) };
  } finally {
    await container.remove({ force: true, v: true });
  }
}

async function healthy(container: Docker.Container, title: string, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const { State } = await container.inspect();
    if (State.Health?.Status === "healthy") return;
    if (!State.Running || performance.now() >= endMs)
      throw new Error(`the health check ${title} has not passed: ${State.Health?.Log.at(-1)?.Output ?? ""}`);
    await sleep(intervalMs, undefined, { signal });
  }
}

/** Does some work, and counts the checks that have ended meanwhile. The engine keeps no more than the last five itself. */
async function countChecks<T>(
  docker: Docker,
  id: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly checks: number }> {
  const abort = new AbortController();
  const filters = { container: [id], event: ["exec_die"] };
  const stream = await docker.getEvents({ filters, abortSignal: abort.signal });
  let checks = 0;
  stream.on("data", (chunk: Buffer) => (checks += chunk.toString().split("\n").length - 1));
  // So it ends when it is aborted.
  stream.on("error", () => undefined);
  try {
    const result = await work();
    return { result, checks };
  } finally {
    abort.abort();
  }
}
