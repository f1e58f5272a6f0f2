import type Docker from "dockerode";
import type { ContainerOrigin, ContainerState } from "./engine.ts";

/** The engine's long description of a container, reduced to what phasegate asks. */
export function containerState(info: Docker.ContainerInspectInfo): ContainerState {
  const { State: state } = info;
  const health = state.Health?.Status;
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ""),
    image: info.Config.Image,
    labels: info.Config.Labels ?? {},
    createdMs: Date.parse(info.Created),
    startedMs: instant(state.StartedAt),
    finishedMs: instant(state.FinishedAt),
    // Between two tries of its restart policy the engine calls a container running, too.
    running: state.Running && !state.Restarting,
    paused: state.Paused,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : undefined,
    healthyMs: firstPass(state.Health?.Log ?? []),
    healthOutput: state.Health?.Log?.at(-1)?.Output ?? "",
    startError: state.Error,
  };
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

function firstPass(log: readonly { readonly ExitCode: number; readonly End: string }[]): number | undefined {
  const pass = log.find(({ ExitCode }) => ExitCode === 0);
  if (pass === undefined || (log.length >= checksKept && pass === log[0])) return undefined;
  return instant(pass.End);
}
