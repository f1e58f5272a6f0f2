import type Docker from "dockerode";
import { systemClock } from "../../../lib/core/clock.ts";
import { PhasegateError } from "../../../lib/core/errors.ts";
import type { ControlClient } from "../../../lib/control/client.ts";
import { connectCoordinator } from "../../../lib/control/client.ts";
import { connectEngine, dockerClient } from "../../../lib/engine/docker-engine.ts";
import type { ContainerEvent, ContainerState, Engine } from "../../../lib/engine/engine.ts";
import type { Method, Params } from "../../../lib/model/control.ts";
import type { Events, Results } from "../../../lib/model/control-answers.ts";
import type { ServiceStatus } from "../../../lib/model/status.ts";
import type { Incident } from "../../../lib/model/transition.ts";
import { openTrial, type TrialProject } from "../trial-project.ts";

/** What an application of the stack can be made to do: see app.ts. */
export type Fault = "exit" | "refuse" | "status" | "slow" | "close" | "memory";

/** A stack whose applications can be made to fail, with what the engine and the coordinator say of it. */
export interface FaultyStack {
  readonly trial: TrialProject;
  readonly docker: Docker;
  readonly engine: Engine;
  /** What has happened to the stack's containers, as the engine has said it. */
  readonly events: readonly ContainerEvent[];
  /** Listens to the engine: once it has been started again, from its start on. */
  listen(sinceMs: number): void;
  /** What the coordinator answers; one that is down for a moment is waited for. */
  call<M extends Method>(
    method: M,
    params: Params<M>,
    onEvent?: (event: Events[M]) => void,
  ): Promise<Results[M]>;
  container(service: string): Promise<ContainerState>;
  /** Has an application fail. */
  fail(service: string, fault: Fault, value: number): Promise<void>;
  /** Sends a signal to a container's own process, from inside: the engine has no part in it. Default: at once. */
  signal(service: string, signal: "KILL" | "STOP", afterMs?: number): Promise<void>;
  run(service: string, command: readonly string[]): Promise<void>;
  state(service: string): Promise<ServiceStatus>;
  /** Waits until every service is ready but those that somebody has stopped, and no incident is open. */
  healed(stopped?: readonly string[]): Promise<void>;
  /** The incidents with a higher number, oldest first. */
  incidentsAfter(id: number): Promise<readonly Incident[]>;
  /** The services whose containers the engine has started since it had sent so many events, in order. */
  startedSince(count: number): readonly string[];
  remove(): Promise<void>;
}

const ports: Readonly<Record<string, number>> = { clickhouse: 23, auth: 81, backend: 80, frontend: 0 };

/** What is over when the coordinator, and the engine, are there again. */
const passing: ReadonlySet<string> = new Set([
  "PHASEGATE_COORDINATOR_UNREACHABLE",
  "PHASEGATE_ENGINE_UNREACHABLE",
]);

export const password = "a-password-of-faults";

/** Waits until something is so. @throws Error with what was last seen, after `withinMs` */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { withinMs = 60_000, seen = () => "" }: { withinMs?: number; seen?: () => string } = {},
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs / 1000}s. ${seen()}`);
    await systemClock.sleep(100);
  }
}

export interface FaultyStackOptions {
  readonly stack: string;
  readonly portBase: number;
  /** Default "faulty". */
  readonly declaration?: string;
  /** What is to be done before it comes up. */
  readonly prepare?: () => Promise<void>;
}

export async function openFaultyStack({
  stack,
  portBase,
  declaration = "faulty",
  prepare,
}: FaultyStackOptions): Promise<FaultyStack> {
  const docker = dockerClient();
  const engine = connectEngine();
  const trial = await openTrial(
    stack,
    {
      declaration,
      environment: "test",
      validationLevel: "comprehensive",
      healthCheckInterval: "2s",
      startupTimeoutMultiplier: "1.0",
      portBase,
    },
    "test/e2e/faults/stacks",
  );
  await trial.setSecrets({ password });
  await prepare?.();

  const events: ContainerEvent[] = [];
  const closed = new AbortController();
  const listen = (sinceMs: number) => {
    const follow = async () => {
      for await (const event of engine.events({ "phasegate.stack": stack }, closed.signal, sinceMs))
        events.push(event);
    };
    // It ends with the engine.
    follow().catch(() => undefined);
  };
  listen(Date.now());

  const container = async (service: string) => {
    const name = `faulty-${stack}-${service}`;
    const state = await engine.inspect(name);
    if (state === undefined) throw new Error(`${name} is not there`);
    return state;
  };

  let client: ControlClient | undefined;
  const call: FaultyStack["call"] = async (method, params, onEvent) => {
    for (;;) {
      try {
        client ??= await connectCoordinator(engine, `faulty-${stack}-coordinator`, {
          onEnd: () => (client = undefined),
        });
        return await client.call(method, params, onEvent);
      } catch (error) {
        if (!(error instanceof PhasegateError) || !passing.has(error.code)) throw error;
        client = undefined;
        await systemClock.sleep(100);
      }
    }
  };
  const run: FaultyStack["run"] = async (service, command) => {
    const { id } = await container(service);
    const { exitCode, stderr } = await engine.run(id, command, AbortSignal.timeout(30_000));
    if (exitCode !== 0)
      throw new Error(`${command.join(" ")} in ${service} ended with ${exitCode}: ${stderr}`);
  };
  const incidentsAfter: FaultyStack["incidentsAfter"] = async (id) => {
    const { incidents } = await call("incidents", { last: 20 });
    return incidents.filter((one) => one.id > id).toReversed();
  };

  return {
    ...{ trial, docker, engine, events, listen, call, container, run, incidentsAfter },
    fail: async (service, fault, value) => {
      const address = `http://127.0.0.1:${portBase + (ports[service] ?? NaN)}/fault?${fault}=${value}`;
      await (await fetch(address, { method: "POST", signal: AbortSignal.timeout(5000) })).text();
    },
    // The engine's init process is the first one of each container, and the service's own its only child.
    signal: async (service, signal, afterMs = 0) => {
      const kill = `sleep ${afterMs / 1000} && kill -${signal} $(cat /proc/1/task/1/children)`;
      const { id } = await container(service);
      // With its container the command ends, too.
      const ended = await engine.run(id, ["sh", "-c", kill], AbortSignal.timeout(afterMs + 30_000));
      if (ended.exitCode !== 0 && ended.exitCode !== 137)
        throw new Error(`${kill} in ${service}: ${ended.stderr}`);
    },
    state: async (service) => {
      const { services } = await call("status", {});
      const found = services.find((one) => one.service === service);
      if (found === undefined) throw new Error(`the coordinator does not know ${service}`);
      return found;
    },
    healed: async (stopped = []) => {
      let last = "";
      await until(
        "the stack is healed",
        async () => {
          const { services } = await call("status", {});
          const [incident] = await incidentsAfter(0).then((all) => all.slice(-1));
          last = services
            .map(({ service, state, cause }) => `${service} ${state} (${cause?.text})`)
            .join("\n");
          const isOpen = incident?.outcome === "open" || incident?.outcome === "givenUp";
          const areWell = services.every(
            ({ service, state }) => state === (stopped.includes(service) ? "stopped" : "ready"),
          );
          return areWell && !isOpen ? true : undefined;
        },
        { seen: () => last },
      );
    },
    startedSince: (count) =>
      events
        .slice(count)
        .filter(({ action }) => action === "start")
        .map(({ labels }) => labels["phasegate.service"] ?? ""),
    remove: async () => {
      client?.close();
      closed.abort();
      await trial.remove();
    },
  };
}
