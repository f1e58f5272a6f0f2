import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { textLines } from "../../lib/engine/log-lines.ts";
import type { PairStart } from "./judge.ts";
import { firstCallIn, worksSince } from "./judge.ts";
import type { SystemName } from "./systems.ts";
import { clientOf, systemNames } from "./systems.ts";

/** Whose containers are looked at: the label that all of them have, and the one that names the service. */
export interface Whose {
  readonly label: string;
  readonly serviceLabel: string;
  /** What of a client begins it: phasegate promises not to create it before, compose not to start it. */
  readonly begins: "created" | "started";
}

/** One start of all systems from nothing. */
export interface Start {
  /** The whole command, in milliseconds. */
  readonly commandMs: number;
  readonly pairs: Readonly<Record<SystemName, PairStart>>;
}

/** How long after the command a service may take to work, and a client to call it. */
const patienceMs = 60_000;
const lookEveryMs = 50;

/** What became of each service and its client. It waits until both have written what they have to say. */
export async function observe(
  docker: Docker,
  whose: Whose,
  signal: AbortSignal,
): Promise<Readonly<Record<SystemName, PairStart>>> {
  const found = await docker.listContainers({ all: true, filters: { label: [whose.label] } });
  const idOf = (service: string) => {
    const container = found.find(({ Labels }) => Labels[whose.serviceLabel] === service);
    if (container === undefined) throw new Error(`${service} has no container`);
    return container.Id;
  };
  const pairs = systemNames.map(async (system) => {
    const [service, client] = [idOf(system), idOf(clientOf(system))];
    const [worksSinceMs, firstCall] = await Promise.all([
      written(docker, service, `${system} works`, worksSince, signal),
      written(docker, client, `${clientOf(system)} has called it`, firstCallIn, signal),
    ]);
    const [{ Created: serviceCreated }, { Created, State }] = await Promise.all(
      [service, client].map((id) => docker.getContainer(id).inspect()) as [
        Promise<Docker.ContainerInspectInfo>,
        Promise<Docker.ContainerInspectInfo>,
      ],
    );
    const pair: PairStart = {
      serviceCreatedMs: Date.parse(serviceCreated),
      worksSinceMs,
      begunMs: Date.parse(whose.begins === "created" ? Created : State.StartedAt),
      firstCall,
    };
    return [system, pair] as const;
  });
  return Object.fromEntries(await Promise.all(pairs)) as Record<SystemName, PairStart>;
}

async function written<T>(
  docker: Docker,
  id: string,
  what: string,
  read: (lines: readonly string[]) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const output = await docker.getContainer(id).logs({ stdout: true, stderr: true, timestamps: true });
    const lines = textLines(output);
    const found = read(lines);
    if (found !== undefined) return found;
    if (performance.now() >= endMs)
      throw new Error(`it was not written that ${what}:\n${lines.slice(-20).join("\n")}`);
    await sleep(lookEveryMs, undefined, { signal });
  }
}
