import { PhasegateError } from "../core/errors.ts";
import type { ControlClient } from "../control/client.ts";
import { connectCoordinator } from "../control/client.ts";
import { connectEngine } from "../engine/docker-engine.ts";
import type { ContainerState, Engine } from "../engine/engine.ts";
import { coordinatorName } from "../model/check-declaration.ts";

/** A running stack's coordinator, and a connection to it. Close it. */
export interface RunningStack {
  readonly stack: string;
  readonly declaration: string;
  readonly coordinator: ControlClient;
}

/**
 * Connects to a stack by its name; without a name to the only one that there is on the engine.
 * @throws PhasegateError PHASEGATE_STACK_UNKNOWN, PHASEGATE_ENGINE_UNREACHABLE, PHASEGATE_COORDINATOR_UNREACHABLE
 */
export async function connectStack(name: string | undefined): Promise<RunningStack> {
  const engine = connectEngine();
  const coordinators = await coordinatorsOn(engine);
  const found = coordinators.filter((container) => name === undefined || stackOf(container) === name);
  const [container] = found;
  if (container === undefined || found.length > 1) throw unknownStack(name, coordinators);
  return connectTo(engine, container);
}

/**
 * Connects to every stack of the only declaration that there is on the engine.
 * @throws PhasegateError as {@link connectStack}
 */
export async function connectAllStacks(): Promise<RunningStack[]> {
  const engine = connectEngine();
  const coordinators = await coordinatorsOn(engine);
  const declarations = new Set(coordinators.map(declarationOf));
  if (declarations.size !== 1) throw unknownStack(undefined, coordinators);
  return Promise.all(coordinators.map((container) => connectTo(engine, container)));
}

function coordinatorsOn(engine: Engine): Promise<readonly ContainerState[]> {
  return engine.list({ "phasegate.service": coordinatorName });
}

async function connectTo(engine: Engine, container: ContainerState): Promise<RunningStack> {
  const coordinator = await connectCoordinator(engine, container.id, { withinMs: 3000 });
  return {
    stack: stackOf(container),
    declaration: declarationOf(container),
    coordinator,
  };
}

function declarationOf({ labels }: ContainerState): string {
  return labels["phasegate.declaration"] ?? "";
}

function stackOf({ labels }: ContainerState): string {
  return labels["phasegate.stack"] ?? "";
}

function unknownStack(name: string | undefined, coordinators: readonly ContainerState[]): PhasegateError {
  const running = coordinators.map(stackOf).sort().join(", ");
  const message =
    running === ""
      ? `no stack is there on this engine. Bring one up: npm run up -- --stack ${name ?? "dev"}`
      : name === undefined
        ? `several stacks are there: say which with --stack (${running})`
        : `the stack ${name} is not there; on this engine are ${running}`;
  return new PhasegateError("PHASEGATE_STACK_UNKNOWN", message);
}
