import { PhasegateError } from "../core/errors.ts";
import type { ControlClient } from "../control/client.ts";
import { connectCoordinator } from "../control/client.ts";
import { connectEngine } from "../engine/docker-engine.ts";
import { coordinatorName } from "../model/check-declaration.ts";
import { engineName } from "../model/plan.ts";

/** A running stack's coordinator, and a connection to it. Close it. */
export interface RunningStack {
  readonly stack: string;
  readonly declaration: string;
  readonly coordinator: ControlClient;
}

/**
 * Connects to a stack by its name, "dev", or with its declaration's, "netra-dev"; without a name to the only one
 * that there is on the engine.
 * @throws PhasegateError PHASEGATE_STACK_UNKNOWN, PHASEGATE_ENGINE_UNREACHABLE, PHASEGATE_COORDINATOR_UNREACHABLE
 */
export async function connectStack(name: string | undefined): Promise<RunningStack> {
  const engine = connectEngine();
  const containers = await engine.list({ "phasegate.service": coordinatorName });
  const there = containers.map(({ id, labels }) => ({
    id,
    declaration: labels["phasegate.declaration"] ?? "",
    stack: labels["phasegate.stack"] ?? "",
  }));
  const found = there.filter((one) => name === undefined || name === one.stack || name === fullName(one));
  const [container] = found;
  if (container === undefined || found.length > 1) throw unknownStack(name, there, found.length);
  const { id, ...names } = container;
  return { ...names, coordinator: await connectCoordinator(engine, id, { withinMs: 3000 }) };
}

type Names = Pick<RunningStack, "stack" | "declaration">;

function fullName({ declaration, stack }: Names): string {
  return engineName({ name: declaration, stack });
}

function unknownStack(name: string | undefined, there: readonly Names[], found: number): PhasegateError {
  const running = there.map(fullName).sort().join(", ");
  const message =
    running === ""
      ? `no stack is there on this engine. Bring one up: npm run up -- --stack ${name ?? "dev"}`
      : found > 0
        ? `several stacks are there: say which with --stack (${running})`
        : `the stack ${name} is not there; on this engine are ${running}`;
  return new PhasegateError("PHASEGATE_STACK_UNKNOWN", message);
}
