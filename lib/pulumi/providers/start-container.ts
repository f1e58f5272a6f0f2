import { PhasegateError } from "../../core/errors.ts";
import { connectEngine, EngineRefusal } from "../../engine/docker-engine.ts";
import { refusalMeaning } from "../../model/start-refusal.ts";

/**
 * Starts a container that Pulumi has created, for the first time: @pulumi/docker would show no more than the engine's raw
 * words where that fails. One that has run is the coordinator's to start again.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED, PHASEGATE_PORT_TAKEN
 */
export async function startContainer(
  service: string,
  container: string,
  host: string | undefined,
): Promise<void> {
  const engine = connectEngine({ host });
  const state = await engine.inspect(container);
  if (state === undefined || state.startedMs !== undefined) return;
  try {
    await engine.start(container);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    const { code, cause, remedy } = refusalMeaning(error.message);
    throw new PhasegateError(
      code,
      `${service} could not be started: ${cause}. ${remedy} Then the same command goes on from here.\n${error.message}`,
      { cause: error },
    );
  }
}
