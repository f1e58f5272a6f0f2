/** What the engine and the coordinator have recorded of one service. Times are milliseconds since the epoch. */
export interface ServiceTimes {
  readonly createdMs: number;
  readonly startedMs: number;
  readonly readyMs: number;
}

/** The part of a plan's phase that orders things. Phases are listed after those that they depend on. */
export interface PhaseOrder {
  readonly services: readonly string[];
  readonly dependsOn: readonly string[];
}

/** One phase of an `up`, in milliseconds. */
export interface PhaseTimes {
  readonly phase: string;
  /** The service that took longest from its container's creation to its readiness. */
  readonly slowest: string;
  /** That service's create, start and true readiness. */
  readonly ownMs: number;
  /** From the readiness of the last service of the phases before to the creation of this one's first container. */
  readonly afterReadyMs: number | undefined;
}

export interface CriticalPath {
  /** The phases of the longest chain, in order. */
  readonly chain: readonly string[];
  /** What the chain takes when no time at all is lost between its phases. */
  readonly totalMs: number;
  readonly phases: readonly PhaseTimes[];
}

/**
 * The longest chain of phases, each as long as its slowest service takes from the creation of its container
 * to its readiness. Nothing that starts these services in this order can be quicker.
 */
export function criticalPath(
  phases: Readonly<Record<string, PhaseOrder>>,
  services: Readonly<Record<string, ServiceTimes>>,
): CriticalPath {
  const timesOf = (phase: PhaseOrder | undefined) =>
    (phase?.services ?? []).map((name) => {
      const times = services[name];
      if (times === undefined) throw new Error(`nothing was recorded of ${name}`);
      return { name, ...times };
    });
  const chains = new Map<string, { chain: readonly string[]; totalMs: number }>();
  const measured = Object.entries(phases).map(([phase, order]): PhaseTimes => {
    const own = timesOf(order).map(({ name, createdMs, readyMs }) => ({ name, ms: readyMs - createdMs }));
    const slowest = own.reduce((most, one) => (one.ms > most.ms ? one : most));
    const before = order.dependsOn
      .flatMap((name) => chains.get(name) ?? [])
      .reduce((most, one) => (one.totalMs > most.totalMs ? one : most), { chain: [], totalMs: 0 });
    chains.set(phase, { chain: [...before.chain, phase], totalMs: before.totalMs + slowest.ms });
    const lastReadyMs = Math.max(
      ...order.dependsOn.flatMap((name) => timesOf(phases[name]).map(({ readyMs }) => readyMs)),
    );
    const firstCreatedMs = Math.min(...timesOf(order).map(({ createdMs }) => createdMs));
    return {
      phase,
      slowest: slowest.name,
      ownMs: slowest.ms,
      afterReadyMs: order.dependsOn.length === 0 ? undefined : firstCreatedMs - lastReadyMs,
    };
  });
  const longest = [...chains.values()].reduce((most, one) => (one.totalMs > most.totalMs ? one : most));
  return { ...longest, phases: measured };
}
