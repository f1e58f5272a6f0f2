import type Docker from "dockerode";
import { connectStack } from "../../lib/control/running-stack.ts";
import type { Compose } from "../compose.ts";
import { openComposeProject } from "../compose-project.ts";
import { firstOfEach, withEvents } from "../shape/run.ts";
import { removeScale, scaleLabel, scaleProject } from "./growth.ts";
import { tinyServer } from "./tiny-server.ts";

/** One start of many services in one phase, by one contender. Times in milliseconds. */
export interface WideRun {
  /** The whole command. */
  readonly commandMs: number;
  /** From the creation of the first container to that of the last one. */
  readonly createdWithinMs: number;
  /** From the creation of a container to that of the next one, in the order of time. */
  readonly gapsMs: readonly number[];
  /** From the creation of the first container until the last service is known to be ready. */
  readonly startMs: number;
  /** For each service from the start of its container until it is known to be ready. */
  readonly readyAfterMs: readonly number[];
  readonly noChangeMs: number;
}

interface ServiceTimes {
  readonly createdMs: number;
  readonly startedMs: number;
  readonly readyMs: number;
}

export async function measureWide(docker: Docker, services: number, signal: AbortSignal): Promise<WideRun> {
  const project = await scaleProject(signal);
  try {
    await project.configure({ services, phases: 1 });
    const up = ["up", "--yes", "--skip-preview"] as const;
    const { result, events } = await withEvents(docker, scaleLabel, () => project.pulumi(...up));
    const created = firstOfEach(events, "create", "phasegate.service");
    const { coordinator } = await connectStack("big-bench");
    try {
      const status = await coordinator.call("status", {});
      const times = status.services.map(({ service, startedMs = NaN, readyMs = NaN }) => ({
        createdMs: created.get(service) ?? NaN,
        startedMs,
        readyMs,
      }));
      return {
        ...wideRun(result.tookMs, times),
        noChangeMs: (await project.pulumi(...up, "--expect-no-changes")).tookMs,
      };
    } finally {
      coordinator.close();
    }
  } finally {
    await removeScale(docker, project);
  }
}

const composeName = "phasegate-bench-wide";

export interface ComposeWide {
  readonly services: number;
  /** The reference of what the services run. */
  readonly image: string;
  /** Of every health check: "1s". */
  readonly interval: string;
}

/** One `compose up` of the same services, another one, and `compose down`. */
export async function measureComposeWide(
  compose: Compose,
  docker: Docker,
  dir: string,
  { services, image, interval }: ComposeWide,
  signal: AbortSignal,
): Promise<WideRun> {
  const service = {
    ...tinyServer(image),
    healthcheck: { test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"], interval, timeout: "5s" },
  };
  const names = Array.from({ length: services }, (_, i) => `service-${i}`);
  const yaml = JSON.stringify({ services: Object.fromEntries(names.map((name) => [name, service])) });
  // A dollar sign is compose's own.
  const project = openComposeProject(compose, dir, composeName, {
    "compose.yaml": yaml.replaceAll("$", "$$$$"),
  });
  try {
    const label = `com.docker.compose.project=${composeName}`;
    const { result, events } = await withEvents(docker, label, () => project.up(signal));
    const of = (action: string) => firstOfEach(events, action, "com.docker.compose.service");
    const [created, started, ready] = [of("create"), of("start"), of("health_status: healthy")];
    const times = names.map((name) => ({
      createdMs: created.get(name) ?? NaN,
      startedMs: started.get(name) ?? NaN,
      readyMs: ready.get(name) ?? NaN,
    }));
    return { ...wideRun(result.tookMs, times), noChangeMs: (await project.up(signal)).tookMs };
  } finally {
    await project.down();
  }
}

function wideRun(commandMs: number, times: readonly ServiceTimes[]): Omit<WideRun, "noChangeMs"> {
  const created = times.map(({ createdMs }) => createdMs).sort((a, b) => a - b);
  const [first = NaN] = created;
  return {
    commandMs,
    createdWithinMs: (created.at(-1) ?? NaN) - first,
    gapsMs: created.slice(1).map((createdMs, i) => createdMs - (created[i] ?? NaN)),
    startMs: Math.max(...times.map(({ readyMs }) => readyMs)) - first,
    readyAfterMs: times.map(({ startedMs, readyMs }) => readyMs - startedMs),
  };
}
