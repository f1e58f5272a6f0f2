import { connectEngine } from "../engine/docker-engine.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { isGoodEnd } from "../model/good-end.ts";

/**
 * The jobs that run once and have completed: their containers are left as they are, whatever has changed of them since. Where such a
 * container is not there any more, the coordinator knows what it has done.
 * @throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE
 */
export async function completedJobs(
  plan: LifecyclePlan,
  host: string | undefined,
): Promise<ReadonlySet<string>> {
  const once = Object.entries(plan.services).filter(([, { runs }]) => runs === "once");
  const engine = connectEngine({ host });
  const completed = await Promise.all(
    once.map(async ([name, { readiness }]) => {
      const state = await engine.inspect(engineName(plan, name));
      const hasRun = state !== undefined && !state.running && state.startedMs !== undefined;
      return hasRun && isGoodEnd(readiness, state.exitCode) ? [name] : [];
    }),
  );
  return new Set(completed.flat());
}
