import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { backgroundClock } from "../../lib/core/clock.ts";
import type { ThreadDependencies } from "../../lib/coordinator/probing/custom-thread.ts";
import { customThreads } from "../../lib/coordinator/probing/custom-threads.ts";
import { noReport } from "../../lib/coordinator/probing/module-report.ts";
import type { LoadModule } from "../../lib/probe/custom-module.ts";

/** The threads of custom probes, as the coordinator has them, with modules from their source. */
export function sourceThreads(dependencies: Partial<ThreadDependencies> = {}): LoadModule {
  return customThreads({
    clock: backgroundClock,
    program: new URL("../../lib/coordinator/probing/custom-thread-main.ts", import.meta.url),
    locate: (module) => Promise.resolve(pathToFileURL(resolve(module))),
    report: noReport,
    ...dependencies,
  });
}
