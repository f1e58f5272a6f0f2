import { inspect as inspected } from "node:util";
import Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { Agent } from "../core/http-agent.ts";
import { containerEvent, eventNames } from "./container-event.ts";
import type { ContainerEvent, Engine } from "./engine.ts";
import { containerOrigin, containerState, containerSummary } from "./container-state.ts";
import { execCommand } from "./exec-command.ts";
import { execStream } from "./exec-stream.ts";
import { followOutput } from "./followed-output.ts";
import { liveOutput } from "./live-output.ts";
import { textLines } from "./log-lines.ts";
import { runOnce } from "./one-run.ts";
import { outputSince } from "./output.ts";

/**
 * The Docker client for an address: "unix:///var/run/docker.sock", "tcp://host:2376", "ssh://host".
 * Default: DOCKER_HOST, else the engine's usual socket.
 */
export function dockerClient(host?: string): Docker {
  const address = host ?? process.env["DOCKER_HOST"];
  if (address === undefined || address === "")
    return new Docker({ socketPath: "/var/run/docker.sock", ...newConnections });
  // dockerode itself reads DOCKER_HOST and the TLS variables that go with it, and only from the environment.
  process.env["DOCKER_HOST"] = address;
  return address.startsWith("unix://") ? new Docker({ ...newConnections }) : new Docker();
}

/**
 * Each call to a socket of this machine has a connection of its own. An engine that shuts down takes no new ones, but goes on
 * answering on those that it has while it stops its containers: on a new one it is heard only if it will stay.
 */
const newConnections: Docker.DockerOptions & { readonly agent: Agent } = {
  // The client describes its options to its log with each call, switched off or not: of an agent that takes 10 ms.
  agent: Object.assign(new Agent({ keepAlive: false }), { [inspected.custom]: () => "Agent" }),
};

/** Where a client's engine is: the same for two clients of one engine. */
export function engineAddress({ modem }: Docker): string {
  const { protocol, host, port, socketPath } = modem as unknown as Readonly<Record<string, unknown>>;
  return JSON.stringify([protocol, host, port, socketPath]);
}

export interface EngineOptions {
  /** The engine's address, as for {@link dockerClient}. */
  readonly host?: string | undefined;
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
    inspect: async (id, signal) => {
      const info = await inspect(docker, id, signal);
      return info && containerState(info);
    },
    origin: async (id) => {
      const info = await unlessMissing(answered(docker.getContainer(id).inspect()));
      return info && containerOrigin(info);
    },
    list: async (labels) => {
      const filters = { label: labelFilter(labels) };
      const found = await answeredSoon((soon) => docker.listContainers({ ...soon, all: true, filters }));
      const infos = await Promise.all(found.map(({ Id }) => inspect(docker, Id)));
      return infos.flatMap((info) => (info ? [containerState(info)] : []));
    },
    summaries: async (labels, signal) => {
      const filters = { label: labelFilter(labels) };
      const found = await answeredSoon(
        (soon) => docker.listContainers({ ...soon, all: true, filters }),
        signal,
      );
      return found.map(containerSummary);
    },
    start: async (id, signal) => {
      const container = docker.getContainer(id);
      await unlessUnchanged(
        signal === undefined
          ? answered(container.start())
          : answeredSoon((soon) => container.start(soon), signal),
      );
    },
    setLimits: async (id, { cpus, pids }) => {
      const limits = {
        ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
        ...(pids !== undefined && { PidsLimit: pids === "none" ? -1 : pids }),
      };
      await answered(docker.getContainer(id).update(limits));
    },
    stop: async (id, graceMs, signal) => {
      const order = { t: Math.ceil(graceMs / 1000) };
      const stop = answeredSoon((soon) => docker.getContainer(id).stop({ ...soon, ...order }), signal);
      await unlessMissing(unlessUnchanged(stop));
    },
    logs: async (id, tail, signal) => {
      const container = docker.getContainer(id);
      const buffer = await answeredSoon(
        (soon) => container.logs({ ...soon, stdout: true, stderr: true, tail, follow: false }),
        signal,
      );
      return textLines(buffer).slice(-tail);
    },
    outputSince: (id, sinceMs, signal) =>
      answeredUnlessAborted(outputSince(docker, id, sinceMs, signal), signal),
    followOutput: (id, sinceMs, take, signal) =>
      answeredUnlessAborted(followOutput(docker, id, sinceMs, take, signal), signal),
    liveOutput: (id, take, signal) => answeredUnlessAborted(liveOutput(docker, id, take, signal), signal),
    run: (id, command, signal) =>
      answeredUnlessAborted(execCommand(docker, id, command, signal, ownImage), signal),
    events: (labels, signal, sinceMs, onOpen) => events(docker, labels, { sinceMs }, signal, onOpen),
    pastEvents: (labels, between, signal) =>
      answeredSoon(({ abortSignal }) => allOf(events(docker, labels, between, abortSignal)), signal),
    runOnce: (run) => answered(runOnce(docker, run)),
    exec: (id, command) => answered(execStream(docker, id, command)),
  };
}

function inspect(
  docker: Docker,
  id: string,
  signal?: AbortSignal,
): Promise<Docker.ContainerInspectInfo | undefined> {
  return unlessMissing(answeredSoon((soon) => docker.getContainer(id).inspect(soon), signal));
}

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* events(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
  { sinceMs, untilMs }: { readonly sinceMs: number | undefined; readonly untilMs?: number },
  signal: AbortSignal,
  onOpen: () => void = () => undefined,
): AsyncIterable<ContainerEvent> {
  let rest = "";
  try {
    const stream = await docker.getEvents({
      filters: { type: ["container"], event: eventNames, label: labelFilter(labels) },
      ...(sinceMs !== undefined && { since: sinceMs / 1000 }),
      ...(untilMs !== undefined && { until: untilMs / 1000 }),
      abortSignal: signal,
    });
    stream.setEncoding("utf8");
    // The engine answers when it has begun to listen; what happens on the way is told of because of `since`.
    onOpen();
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

function labelFilter(labels: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(labels).map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
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

/** An engine that has not answered a question after this time does not answer. */
const answersWithinMs = 30_000;

/**
 * As {@link answered}, for what ends when a signal aborts: by default after a time in which an engine answers any question, if
 * not in which it stops a container. It ends then even where the client does not, as after an answer that broke off half-way.
 */
export async function answeredSoon<T>(
  ask: (soon: { readonly abortSignal: AbortSignal }) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const abortSignal = signal ?? AbortSignal.timeout(answersWithinMs);
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(abortSignal.reason);
  abortSignal.addEventListener("abort", giveUp);
  try {
    abortSignal.throwIfAborted();
    return await Promise.race([ask({ abortSignal }), late.promise]);
  } catch (error) {
    if (!abortSignal.aborted) throw engineError(error);
    const why =
      signal === undefined ? `no answer within ${answersWithinMs / 1000}s` : errorText(signal.reason);
    throw unreachable(why, error);
  } finally {
    abortSignal.removeEventListener("abort", giveUp);
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
  return unreachable(
    code === "EACCES" ? "permission denied: is this user in the group docker?" : errorText(error),
    error,
  );
}

function unreachable(why: string, cause: unknown): PhasegateError {
  const where = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  return new PhasegateError(
    "PHASEGATE_ENGINE_UNREACHABLE",
    `the container engine does not answer at ${where}: ${why}. Start Docker, or set DOCKER_HOST.`,
    { cause },
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
export function unlessUnchanged<T>(answer: Promise<T>): Promise<T | undefined> {
  return unlessStatus(304, answer);
}
