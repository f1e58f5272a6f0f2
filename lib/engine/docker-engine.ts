import Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { containerEvent, eventNames } from "./container-event.ts";
import type { ContainerEvent, Engine } from "./engine.ts";
import { containerState } from "./container-state.ts";
import { execCommand } from "./exec-command.ts";
import { execStream } from "./exec-stream.ts";
import { textLines } from "./log-lines.ts";
import { outputSince } from "./output.ts";

/**
 * The Docker client for an address: "unix:///var/run/docker.sock", "tcp://host:2376", "ssh://host".
 * Default: DOCKER_HOST, else the engine's usual socket.
 */
export function dockerClient(host?: string): Docker {
  const address = host ?? process.env["DOCKER_HOST"];
  if (address === undefined || address === "") return new Docker({ socketPath: "/var/run/docker.sock" });
  if (address.startsWith("unix://")) return new Docker({ socketPath: address.slice("unix://".length) });
  // dockerode itself reads DOCKER_HOST and the TLS variables that go with it, and only from the environment.
  process.env["DOCKER_HOST"] = address;
  return new Docker();
}

export interface EngineOptions {
  /** The engine's address, as for {@link dockerClient}. */
  readonly host?: string;
  /** The container that this process runs in, where it does: others like it, briefly, reach into containers that have no shell. */
  readonly self?: string;
}

/** The engine at an address. Nothing is connected before the first call. */
export function connectEngine({ host, self }: EngineOptions = {}): Engine {
  const docker = dockerClient(host);
  const ownImage = async () =>
    self === undefined
      ? undefined
      : (await unlessMissing(answered(docker.getContainer(self).inspect())))?.Image;
  return {
    version: async () => {
      const { Version, ApiVersion } = await answered(docker.version());
      return { version: Version, apiVersion: ApiVersion };
    },
    inspect: async (id) => {
      const info = await unlessMissing(answered(docker.getContainer(id).inspect()));
      return info && containerState(info);
    },
    list: async (labels) => {
      const found = await answered(
        docker.listContainers({ all: true, filters: { label: labelFilter(labels) } }),
      );
      const infos = await Promise.all(
        found.map(({ Id }) => unlessMissing(answered(docker.getContainer(Id).inspect()))),
      );
      return infos.flatMap((info) => (info ? [containerState(info)] : []));
    },
    start: async (id) => {
      await unlessUnchanged(answered(docker.getContainer(id).start()));
    },
    restart: async (id, graceMs) => {
      await answered(docker.getContainer(id).restart({ t: Math.ceil(graceMs / 1000) }));
    },
    logs: async (id, tail) => {
      const container = docker.getContainer(id);
      const buffer = await answered(container.logs({ stdout: true, stderr: true, tail, follow: false }));
      return textLines(buffer).slice(-tail);
    },
    outputSince: (id, sinceMs, signal) =>
      answeredUnlessAborted(outputSince(docker, id, sinceMs, signal), signal),
    run: (id, command, signal) =>
      answeredUnlessAborted(execCommand(docker, id, command, signal, ownImage), signal),
    events: (labels, signal) => events(docker, labels, signal),
    exec: (id, command) => answered(execStream(docker, id, command)),
  };
}

async function* events(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncIterable<ContainerEvent> {
  const stream = await answered(
    docker.getEvents({
      filters: { type: ["container"], event: eventNames, label: labelFilter(labels) },
      abortSignal: signal,
    }),
  );
  let rest = "";
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = line.trim() === "" ? undefined : containerEvent(JSON.parse(line));
        if (event) yield event;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw engineError(error);
  }
}

function labelFilter(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}

/** The engine's answer, or an error that says in words what is the matter with the engine. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw engineError(error);
  }
}

/** As {@link answered}; what is thrown once the signal has aborted is not the engine's doing, and passed on as it is. */
async function answeredUnlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw signal.aborted ? error : engineError(error);
  }
}

function engineError(error: unknown): PhasegateError {
  if (error instanceof PhasegateError) return error;
  const { statusCode, code, json } = error as {
    statusCode?: number;
    code?: string;
    json?: { message?: string };
  };
  if (statusCode !== undefined) {
    return new EngineRefusal(
      statusCode,
      `the container engine refused: ${json?.message ?? errorText(error)}`,
      { cause: error },
    );
  }
  const where = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const why = code === "EACCES" ? "permission denied: is this user in the group docker?" : errorText(error);
  return new PhasegateError(
    "PHASEGATE_ENGINE_UNREACHABLE",
    `the container engine does not answer at ${where}: ${why}. Start Docker, or set DOCKER_HOST.`,
    {
      cause: error,
    },
  );
}

/** The engine answered with an HTTP status that says no. */
export class EngineRefusal extends PhasegateError {
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: ErrorOptions) {
    super("PHASEGATE_ENGINE_REFUSED", message, options);
    this.statusCode = statusCode;
  }
}

async function unlessStatus<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineRefusal && error.statusCode === status) return undefined;
    throw error;
  }
}

/** Undefined where the thing asked for is not there. */
export function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return unlessStatus(404, answer);
}

/** Undefined where there was nothing to do: a container that runs already. */
function unlessUnchanged<T>(answer: Promise<T>): Promise<T | undefined> {
  return unlessStatus(304, answer);
}
