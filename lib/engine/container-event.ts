import { z } from "zod";
import type { ContainerEvent } from "./engine.ts";
import { signalNumber } from "./signals.ts";

const schema = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
});

const actions = {
  create: "create",
  start: "start",
  die: "die",
  kill: "kill",
  stop: "stop",
  oom: "oom",
  pause: "pause",
  unpause: "unpause",
  update: "update",
  destroy: "destroy",
  "health_status: healthy": "healthy",
  "health_status: unhealthy": "unhealthy",
} as const satisfies Record<string, ContainerEvent["action"]>;

/** The names that the engine has for these events, to filter by: without, every health check and exec sends one as well. */
export const eventNames = [...new Set(Object.keys(actions).map((action) => action.replace(/:.*/, "")))];

/** One of the engine's events about a container; undefined for those that phasegate does not follow (exec, attach, ...), or cannot read. */
export function containerEvent(raw: unknown): ContainerEvent | undefined {
  const parsed = schema.safeParse(raw);
  if (!parsed.success || !Object.hasOwn(actions, parsed.data.Action)) return undefined;
  const { Action: action, Actor: actor, timeNano } = parsed.data;
  const { exitCode, signal, ...labels } = actor.Attributes;
  return {
    id: actor.ID,
    // The engine mixes the container's labels with its own attributes (name, image); who asks knows the labels' names.
    labels,
    action: actions[action as keyof typeof actions],
    // Not rounded: it would come to be later than the call that caused it.
    atMs: Math.floor(timeNano / 1e6),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    signal: signal === undefined ? undefined : signalNumber(signal),
  };
}
