import { PhasegateError } from "../../core/errors.ts";
import { isExternalWorkload } from "../../model/external-workload.ts";
import type { Platform, WorkloadRun } from "../../supervision/platform.ts";

/** An external service runs, as far as a platform is concerned: whether it works, its probes say. */
const alwaysRuns: WorkloadRun = {
  ...{ name: "", createdMs: 0, startedMs: 0, finishedMs: undefined, running: true, paused: false },
  ...{ exitCode: 0, outOfMemory: false, startError: "" },
  ...{ health: undefined, healthyMs: undefined, healthOutput: "", altered: [] },
};

/** A platform that knows external services beside its workloads. Nothing about them is asked of it, and no order is given. */
export function withExternalWorkloads(platform: Platform): Platform {
  const refuse = (workload: string) => {
    if (isExternalWorkload(workload))
      throw new PhasegateError(
        "PHASEGATE_SERVICE_EXTERNAL",
        "it is external: nothing here starts or stops it",
      );
  };
  return {
    ...platform,
    observe: async (workload, signal) =>
      isExternalWorkload(workload) ? alwaysRuns : await platform.observe(workload, signal),
    start: async (workload, signal) => {
      refuse(workload);
      await platform.start(workload, signal);
    },
    restart: async (workload, order, signal) => {
      refuse(workload);
      await platform.restart(workload, order, signal);
    },
    stop: async (workload, order, signal) => {
      refuse(workload);
      await platform.stop(workload, order, signal);
    },
    logs: async (workload, tail, signal) =>
      isExternalWorkload(workload) ? [] : await platform.logs(workload, tail, signal),
  };
}
