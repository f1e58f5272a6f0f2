import { PhasegateError } from "../../core/errors.ts";
import { connectEngine, EngineRefusal } from "../../engine/docker-engine.ts";
import { refusalMeaning } from "../../model/start-refusal.ts";

/**
 * Starts a container that Pulumi has created, if it has never run. One that has is the coordinator's to start again.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED, PHASEGATE_PORT_TAKEN
 */
export async function startContainer(
  service: string,
  container: string,
  host: string | undefined,
): Promise<void> {
  const state = await connectEngine({ host }).inspect(container);
  if (state !== undefined && state.startedMs === undefined) await startNewContainer(service, container, host);
}

/**
 * Starts a container that has never run: @pulumi/docker would show no more than the engine's raw words where that fails.
 * @throws PhasegateError PHASEGATE_CONTAINER_REFUSED, PHASEGATE_PORT_TAKEN
 */
export async function startNewContainer(
  service: string,
  container: string,
  host: string | undefined,
): Promise<void> {
  try {
    await connectEngine({ host }).start(container);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    const { code, cause, remedy } = refusalMeaning(error.message);
    throw new PhasegateError(
      code,
      `${service} could not be started: ${cause}. ${remedy} Then the same command continues from here.\n${error.message}`,
      { cause: error },
    );
  }
}
