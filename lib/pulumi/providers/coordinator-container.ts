import { connectEngine } from "../../engine/docker-engine.ts";
import type { ContainerState } from "../../engine/engine.ts";
import { coordinatorName } from "../../model/coordinator-process.ts";

/** Where a stack's containers are. */
export interface StackPlace {
  readonly host?: string | undefined;
  /** The name on the engine of each container, by service. */
  readonly names: Readonly<Record<string, string>>;
}

/** The container of a stack's coordinator; undefined where the engine has none. */
export function coordinatorContainer({ host, names }: StackPlace): Promise<ContainerState | undefined> {
  return connectEngine({ host }).inspect(names[coordinatorName] ?? "");
}
