import { PhasegateError } from "../../core/errors.ts";
import { connectEngine, EngineRefusal } from "../../engine/docker-engine.ts";
import { refusalMeaning } from "../../model/start-refusal.ts";
import type { LimitsPlan } from "../../model/container/resources.ts";

/**
 * Gives a container the limits that @pulumi/docker does not know, or would replace it for: of its CPUs and its processes. The engine
 * changes both while it runs.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED where the machine has fewer CPUs, for instance
 */
export async function setLimits(
  service: string,
  container: string,
  { cpus, pids }: LimitsPlan = {},
  host: string | undefined,
): Promise<void> {
  const engine = connectEngine({ host });
  const state = await engine.inspect(container);
  if (state === undefined) return;
  const { limits } = state;
  const change = {
    ...(cpus !== undefined && cpus !== limits.cpus && { cpus }),
    ...(pids !== limits.pids && { pids: pids ?? ("none" as const) }),
  };
  if (Object.keys(change).length === 0) return;
  try {
    await engine.setLimits(container, change);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    const { code, cause, remedy } = refusalMeaning(error.message);
    throw new PhasegateError(
      code,
      `${service} could not be given its limits: ${cause}. ${remedy} Then the same command continues from here.\n${error.message}`,
      { cause: error },
    );
  }
}
