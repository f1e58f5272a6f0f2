import { PhasegateError } from "../core/errors.ts";
import type { ControlClient } from "./client.ts";
import { connectCoordinator } from "./client.ts";
import { connectEngine } from "../engine/docker-engine.ts";
import type { ContainerSummary, Engine } from "../engine/engine.ts";
import { coordinatorName } from "../model/coordinator-process.ts";
import { engineName } from "../model/plan.ts";
import { stackCommand, upCommand } from "../model/stack-command.ts";

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
  const there = await stacksOn(engine);
  const found = there.filter((one) => name === undefined || name === one.stack || name === fullName(one));
  const [container] = found;
  if (container === undefined) throw (await coordinatorGone(engine, name)) ?? unknownStack(name, there, 0);
  if (found.length > 1) throw unknownStack(name, there, found.length);
  return connectTo(engine, container);
}

/**
 * Connects to every stack of the only declaration that there is on the engine.
 * @throws PhasegateError as {@link connectStack}
 */
export async function connectAllStacks(): Promise<RunningStack[]> {
  const engine = connectEngine();
  const there = await stacksOn(engine);
  const declarations = new Set(there.map(({ declaration }) => declaration));
  if (declarations.size !== 1) throw unknownStack(undefined, there, there.length);
  return Promise.all(there.map((one) => connectTo(engine, one)));
}

type Names = Pick<RunningStack, "stack" | "declaration">;

/** A stack that is there, by the container of its coordinator. */
interface Found extends Names {
  readonly id: string;
}

async function stacksOn(engine: Engine): Promise<Found[]> {
  return namesOf(await engine.summaries({ "phasegate.service": coordinatorName }));
}

function namesOf(containers: readonly ContainerSummary[]): Found[] {
  return containers.map(({ id, labels }) => ({
    id,
    declaration: labels["phasegate.declaration"] ?? "",
    stack: labels["phasegate.stack"] ?? "",
  }));
}

/** The error where a stack's services are there and its coordinator is not; undefined where nothing of the stack is. */
async function coordinatorGone(
  engine: Engine,
  name: string | undefined,
): Promise<PhasegateError | undefined> {
  const services = namesOf(await engine.summaries({ "phasegate.stack": undefined }));
  const [first] = services.filter(
    (one) => name === undefined || name === one.stack || name === fullName(one),
  );
  return (
    first &&
    new PhasegateError(
      "PHASEGATE_COORDINATOR_UNREACHABLE",
      `the coordinator of ${fullName(first)} is not on the engine, though services of it are. ${upCommand(first.stack)} creates it again.`,
    )
  );
}

async function connectTo(engine: Engine, { id, ...names }: Found): Promise<RunningStack> {
  return { ...names, coordinator: await connectCoordinator(engine, id, { withinMs: 3000 }) };
}

/** The name by which no other stack is found. */
export function fullName({ declaration, stack }: Names): string {
  return engineName({ name: declaration, stack });
}

function unknownStack(name: string | undefined, there: readonly Names[], found: number): PhasegateError {
  const running = there.map(fullName).sort().join(", ");
  const message =
    running === ""
      ? `no stack is there on this engine. Bring one up: ${stackCommand(name ?? "dev", "npm run up")}`
      : found > 0
        ? `several stacks are there: say which with --stack (${running})`
        : `the stack ${name} is not there; on this engine are ${running}`;
  return new PhasegateError("PHASEGATE_STACK_UNKNOWN", message);
}
