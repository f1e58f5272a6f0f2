import { durationMs } from "../core/duration.ts";
import type { ServiceStatus } from "../model/status.ts";
import type { Environment } from "../model/environment.ts";
import type { LifecyclePlan } from "../model/plan.ts";

/** How a phase came up. Times are milliseconds since the epoch; undefined where it did not happen. */
export interface PhaseStartup {
  readonly phase: string;
  readonly title: string;
  readonly budgetMs: number;
  /** When the first of its containers was created. */
  readonly begunMs: number | undefined;
  /** When the last of its services was ready. */
  readonly readyMs: number | undefined;
  /** Each service's timeline: container created, started, engine-healthy, each probe's first pass, ready. */
  readonly services: readonly ServiceStatus[];
}

/** What a startup came to. */
export interface ServiceStartupResult {
  readonly environment: Environment;
  readonly stack: string;
  /** Whether every gate has opened. */
  readonly started: boolean;
  /** The whole `up`, from the call to its end. Milliseconds. */
  readonly tookMs: number;
  /** In the order of the plan; those that were not begun have no services. */
  readonly phases: readonly PhaseStartup[];
  /** What `pulumi up` said of what went wrong; undefined when nothing did. */
  readonly failure: string | undefined;
}

/** The timelines of services by phase. */
export function phaseStartups(plan: LifecyclePlan, statuses: readonly ServiceStatus[]): PhaseStartup[] {
  return Object.entries(plan.phases).map(([phase, { title, budget, services }]) => {
    const own = statuses.filter((status) => status.phase === phase);
    const ready = own.flatMap(({ readyMs }) => readyMs ?? []);
    return {
      phase,
      title,
      budgetMs: durationMs(budget),
      begunMs: own.length > 0 ? Math.min(...own.map(({ createdMs }) => createdMs)) : undefined,
      readyMs: ready.length === services.length ? Math.max(...ready) : undefined,
      services: own,
    };
  });
}
