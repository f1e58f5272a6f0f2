import type Docker from "dockerode";
import type { ContainerLimits } from "../core/container-limits.ts";
import type { ContainerOrigin, ContainerState, ContainerSummary } from "./engine.ts";
import { signalNumber } from "./signals.ts";

/** The engine's long description of a container, reduced to what phasegate asks. */
export function containerState(info: Docker.ContainerInspectInfo): ContainerState {
  const { State: state } = info;
  const health = state.Health?.Status;
  const startedMs = instant(state.StartedAt);
  const checks = checksSince(startedMs, state.Health?.Log ?? []);
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ""),
    image: info.Config.Image,
    labels: info.Config.Labels ?? {},
    createdMs: Date.parse(info.Created),
    startedMs,
    finishedMs: instant(state.FinishedAt),
    // Between two tries of its restart policy the engine calls a container running, too.
    running: state.Running && !state.Restarting,
    paused: state.Paused,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : undefined,
    healthyMs: firstPass(checks),
    healthOutput: checks.log.at(-1)?.Output ?? "",
    startError: state.Error,
    stopSignal: signalNumber((info.Config as { StopSignal?: string }).StopSignal ?? "") ?? sigterm,
    limits: limitsOf(info.HostConfig),
    altered: alterations(info.HostConfig),
  };
}

/** What `docker update` can set, and phasegate does not. */
function alterations(config: Docker.HostConfig): string[] {
  const { RestartPolicy: policy } = config;
  const cpu = [config.CpuShares, config.CpuQuota, config.CpuPeriod, config.CpusetCpus];
  const restarts = policy !== undefined && policy.Name !== "" && policy.Name !== "no";
  return [
    ...(restarts ? [`the restart policy ${policy.Name}`] : []),
    ...(cpu.some(Boolean) ? ["a share, a quota or a set of its own of the CPUs"] : []),
    ...((config.BlkioWeight ?? 0) > 0 ? ["a weight of its disk"] : []),
  ];
}

/** The engine writes 0, -1 or nothing for what is not limited. */
function limitsOf({ Memory, MemoryReservation, NanoCpus, PidsLimit }: Docker.HostConfig): ContainerLimits {
  const limits = {
    memory: Memory,
    memoryReservation: MemoryReservation,
    cpus: (NanoCpus ?? 0) / 1e9,
    pids: PidsLimit,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => (limit ?? 0) > 0));
}

/** What asks a process to end where its image says nothing else. */
const sigterm = 15;

/** The engine's short description of a container. */
export function containerSummary(info: Docker.ContainerInfo): ContainerSummary {
  const networks = Object.entries(info.NetworkSettings.Networks);
  return {
    id: info.Id,
    name: info.Names[0]?.replace(/^\//, "") ?? "",
    image: info.Image,
    imageId: info.ImageID,
    labels: info.Labels,
    createdMs: info.Created * 1000,
    status: info.State,
    health: healthIn(info.Status),
    networks: Object.fromEntries(networks.map(([name, { EndpointID }]) => [name, EndpointID])),
  };
}

/** In a list the engine says it in a text for people: "Up 3 minutes (healthy)", "Up 2 seconds (health: starting)". */
function healthIn(status: string): ContainerSummary["health"] {
  const [, health] = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status) ?? [];
  return health as ContainerSummary["health"];
}

/** What the engine's long description says of how a container was made. */
export function containerOrigin(info: Docker.ContainerInspectInfo): ContainerOrigin {
  const variables = info.Config.Env.map((variable) => {
    const end = variable.indexOf("=");
    return end < 0 ? [variable, ""] : [variable.slice(0, end), variable.slice(end + 1)];
  });
  return {
    image: info.Config.Image,
    imageId: info.Image,
    command: [info.Path, ...info.Args],
    env: Object.fromEntries(variables) as Record<string, string>,
  };
}

/** The engine writes the year 1 for what has not happened. */
function instant(text: string): number | undefined {
  const ms = Date.parse(text);
  return ms > 0 ? ms : undefined;
}

/** How many of its checks the engine keeps. Once it has thrown some away, the first pass is not known any more. */
const checksKept = 5;

interface Check {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

interface Checks {
  readonly log: readonly Check[];
  /** Whether the engine may have thrown away earlier ones of this run. */
  readonly cut: boolean;
}

/** The checks of a container's current run: the engine keeps those of the run before as well. */
function checksSince(startedMs = 0, log: readonly Check[]): Checks {
  const own = log.filter(({ Start: start }) => (instant(start) ?? 0) >= startedMs);
  return { log: own, cut: own.length >= checksKept };
}

function firstPass({ log, cut }: Checks): number | undefined {
  const pass = log.find(({ ExitCode }) => ExitCode === 0);
  if (pass === undefined || (cut && pass === log[0])) return undefined;
  return instant(pass.End);
}
